#include "dpo-deploy/deploy_back.h"

#include "core/report.h"
#include "dpo-deploy/deploy_history.h"

static void say_plan(const struct rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++)
        report_note("would let %s and %s-prev change places at %s", rollout->names[i],
                    rollout->names[i], rollout->client->url.at);
}

void deploy_back(struct rollout *rollout, const char *history, bool dry_run)
{
    struct err err, other;
    bool good;

    rollout_leave_own(rollout);
    if (dry_run) {
        say_plan(rollout);
        return;
    }
    if (history) deploy_history_begin(history, rollout, NULL, NULL);
    good = client_greet(rollout->client, &err) && rollout_back(rollout, &err);
    if (!rollout_clear(rollout, &other)) report_warning("%s", other.text);
    if (!good) die_of(&err);
    report_count("names", rollout->moved);
}

#include "dpo-deploy/deploy_back.h"

#include "core/report.h"
#include "dpo-deploy/deploy_history.h"
#include "options/options.h"

void deploy_back_check(const char *file)
{
    static const char *const making[] = {"modelfile", "system", "parameter", "template",
                                         "smoke",     "expect", "output"};

    if (option_given("name") || file) die_usage("--rollback takes neither --name nor a file");
    for (size_t i = 0; i < sizeof making / sizeof *making; i++)
        if (option_given(making[i]))
            die_usage("--%s does nothing beside --rollback: no model is made or asked", making[i]);
}

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

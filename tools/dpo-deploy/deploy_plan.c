#include "dpo-deploy/deploy_plan.h"

#include "core/report.h"

void deploy_plan_say(const struct rollout *rollout, const struct recipe *recipe,
                     const char *question)
{
    report_note("would send %s, %llu bytes, to %s where it is not there yet", recipe->path,
                (unsigned long long)recipe->gguf.file.len, rollout->client->url.at);
    report_note("would make %s with the template of %s", rollout->candidate,
                recipe->family ? recipe->family : "the user");
    if (question) report_note("would ask '%s'", question);
    for (size_t i = 0; i < rollout->count; i++) report_note("would move %s", rollout->names[i]);
}

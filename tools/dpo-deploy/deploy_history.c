#include "dpo-deploy/deploy_history.h"

#include "ledger.h"
#include "records/value.h"

static struct buffer options;

void deploy_history_begin(const char *path, const struct rollout *rollout, const char *file,
                          const char *sha256)
{
    buffer_text(&options, file ? "{\"names\":\"" : "{\"rollback\":\"");
    for (size_t i = 0; i < rollout->count; i++)
        buffer_format(&options, i ? " %s" : "%s", rollout->names[i]);
    buffer_text(&options, "\",\"server\":");
    text_quote(&options, text_of(rollout->client->url.at));
    buffer_byte(&options, '}');
    buffer_byte(&options, '\0');
    ledger_begin(path, &(struct history_run){.kind = HISTORY_DEPLOY,
                                             .run_dir = rollout->names[0],
                                             .model = file,
                                             .model_hash = sha256,
                                             .options = options.at});
}

void deploy_history_end(int status, uint64_t bytes, const struct smoke *smoke)
{
    if (bytes) ledger_figure("bytes", (double)bytes);
    if (bytes && smoke->prompt) {
        ledger_figure("smoke_tokens", (double)smoke->tokens);
        ledger_figure("smoke_seconds", smoke->seconds);
    }
    ledger_end(status);
}

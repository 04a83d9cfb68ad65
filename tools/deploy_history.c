#include "deploy_history.h"

#include "core/report.h"
#include "records/value.h"
#include "run/history.h"

#include <stdlib.h>

static struct history history;
static struct buffer options;
static bool open;

static void end(enum history_result result, int status, const struct history_figure *figures,
                size_t count)
{
    struct err err;

    open = false;
    if (!history_end(&history, result, status, figures, count, &err))
        report_warning("%s", err.text);
    buffer_release(&options);
}

static void end_failed(void)
{
    if (open) end(HISTORY_FAILED, EXIT_FAILED, NULL, 0);
}

void deploy_history_begin(const char *path, const struct rollout *rollout, const char *file,
                          const char *sha256)
{
    struct err err;

    buffer_text(&options, file ? "{\"names\":\"" : "{\"rollback\":\"");
    for (size_t i = 0; i < rollout->count; i++)
        buffer_format(&options, i ? " %s" : "%s", rollout->names[i]);
    buffer_text(&options, "\",\"server\":");
    text_quote(&options, text_of(rollout->client->url.at));
    buffer_byte(&options, '}');
    buffer_byte(&options, '\0');
    if (!history_begin(&history, path,
                       &(struct history_run){.kind = HISTORY_DEPLOY,
                                             .run_dir = rollout->names[0],
                                             .model = file,
                                             .model_hash = sha256,
                                             .options = options.at},
                       &err))
        report_warning("%s", err.text);
    open = true;
    atexit(end_failed);
}

void deploy_history_end(int status, uint64_t bytes, const struct smoke *smoke)
{
    const struct history_figure figures[] = {{"bytes", (double)bytes},
                                             {"smoke_tokens", (double)smoke->tokens},
                                             {"smoke_seconds", smoke->seconds}};

    if (!open) return;
    end(status == EXIT_GATE ? HISTORY_GATE : HISTORY_DONE, status, figures,
        !bytes          ? 0
        : smoke->prompt ? 3
                        : 1);
}

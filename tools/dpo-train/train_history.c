#include "dpo-train/train_history.h"

#include "core/report.h"
#include "ledger.h"

void train_history_note(const struct figures *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        if (entry->items[i].kind != FIGURE_TEXT)
            ledger_figure(entry->items[i].name, entry->items[i].number);
}

void train_history_begin(struct session *session, const char *path)
{
    const struct session_options *options = &session->options;
    static char *told;
    struct err err;

    if (!session_digests(session, &err)) die_of(&err);
    told = json_dumps(options->options, JSON_SORT_KEYS);
    ledger_begin(path, &(struct history_run){.kind = HISTORY_TRAIN,
                                             .resumed = options->resume,
                                             .run_dir = options->run,
                                             .model = options->model,
                                             .model_hash = session->identity,
                                             .data_hash = session->digests[0],
                                             .adapter = options->adapter,
                                             .options = told});
}

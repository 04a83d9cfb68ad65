#include "dpo-train/train_history.h"

#include "core/report.h"
#include "ledger.h"
#include "train/checkpoints.h"

void train_history_note(const struct figures *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        if (entry->items[i].kind != FIGURE_TEXT)
            ledger_figure(entry->items[i].name, entry->items[i].number);
}

/* Is there what it goes on from? Else --resume begins anew. */
static bool goes_on(const struct session_options *options)
{
    struct checkpoints found;
    struct err err;
    bool any;

    if (!options->resume) return false;
    if (!checkpoints_find(&found, options->run, &err)) die_of(&err);
    any = found.count > 0;
    checkpoints_release(&found);
    return any;
}

void train_history_begin(struct session *session, const char *path)
{
    const struct session_options *options = &session->options;
    static char *told;
    struct err err;

    if (!session_digests(session, &err)) die_of(&err);
    told = json_dumps(options->options, JSON_SORT_KEYS);
    ledger_begin(path, &(struct history_run){.kind = HISTORY_TRAIN,
                                             .resumed = goes_on(options),
                                             .run_dir = options->run,
                                             .model = options->model,
                                             .model_hash = session->identity,
                                             .data_hash = session->digests[0],
                                             .adapter = options->adapter,
                                             .options = told});
}

#include "dpo-train/train_history.h"

#include "core/report.h"
#include "ledger.h"
#include "report/run_log.h"
#include "train/checkpoints.h"

#include <string.h>

void train_history_note(const struct figures *entry)
{
    if (figures_find(entry, "event") || figures_find(entry, "sample")) return;
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

/* Is it measured in evaluations? */
static bool is_evaluated(const char *name)
{
    static const char *const others[] = {"kl", "kl_sequence", "kl_divergence", "beta"};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0) return true;
    return strncmp(name, "eval_", 5) == 0;
}

/* The update whose state is the result, or where the run stands. */
static uint64_t result_step(const struct session *session)
{
    const struct train_memory *memory = &session->trainer.memory;
    const bool best = session->settings.keeps_best && memory->best.found;

    return best && memory->end != TRAIN_GOES_ON ? memory->best.step : memory->step;
}

static void note_series(const struct run_series *series, uint64_t step)
{
    size_t at = series->count - 1;

    while (is_evaluated(series->name) && at > 0 && series->x[at] > (double)step) at--;
    ledger_figure(series->name, series->y[at]);
}

void train_history_end(const struct session *session)
{
    char *path = mem_format("%s/metrics.jsonl", session->options.run);
    struct run_log log;
    struct err err;

    run_log_init(&log);
    if (!run_log_read(&log, path, &err)) report_warning("%s", err.text);
    for (size_t i = 0; i < log.series_count; i++) note_series(&log.series[i], result_step(session));
    run_log_release(&log);
    mem_free(path);
}

#include "train_history.h"

#include "core/memory.h"
#include "core/report.h"
#include "run/history.h"

#include <stdlib.h>
#include <string.h>

static struct history history;
static struct figures last; /* of all entries */
static bool open;

void train_history_note(const struct figures *entry)
{
    if (!open) return;
    for (size_t i = 0; i < entry->count; i++)
        if (entry->items[i].kind != FIGURE_TEXT)
            figures_number(&last, entry->items[i].name, entry->items[i].number);
}

static void end(enum history_result result, int status)
{
    struct history_figure *figures = mem_zero(last.count, sizeof *figures);
    struct err err;

    open = false;
    for (size_t i = 0; i < last.count; i++)
        figures[i] = (struct history_figure){last.items[i].name, last.items[i].number};
    if (!history_end(&history, result, status, figures, last.count, &err))
        report_warning("%s", err.text);
    mem_free(figures);
    figures_release(&last);
}

static void end_failed(void)
{
    if (open) end(HISTORY_FAILED, EXIT_FAILED);
}

void train_history_begin(struct session *session, const char *path)
{
    const struct session_options *options = &session->options;
    char *told = json_dumps(options->options, JSON_SORT_KEYS);
    struct err err;

    if (!session_digests(session, &err)) die_of(&err);
    if (!history_begin(&history, path,
                       &(struct history_run){.kind = HISTORY_TRAIN,
                                             .resumed = options->resume,
                                             .run_dir = options->run,
                                             .model = options->model,
                                             .model_hash = session->identity,
                                             .data_hash = session->digests[0],
                                             .adapter = options->adapter,
                                             .options = told},
                       &err))
        report_warning("%s", err.text);
    open = true;
    atexit(end_failed);
}

void train_history_end(int status)
{
    if (!open) return;
    end(status == EXIT_AGAIN  ? HISTORY_STOPPED
        : status == EXIT_GATE ? HISTORY_GATE
                              : HISTORY_DONE,
        status);
}

#include "ledger.h"

#include "core/memory.h"
#include "core/report.h"
#include "run/figures.h"

#include <stdlib.h>

static struct history history;
static struct figures last;
static bool open;

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

void ledger_begin(const char *path, const struct history_run *run)
{
    struct err err;

    if (!history_begin(&history, path, run, &err)) report_warning("%s", err.text);
    open = true;
    atexit(end_failed);
}

void ledger_figure(const char *name, double value)
{
    if (open) figures_number(&last, name, value);
}

void ledger_end(int status)
{
    if (!open) return;
    end(status == EXIT_AGAIN  ? HISTORY_STOPPED
        : status == EXIT_GATE ? HISTORY_GATE
                              : HISTORY_DONE,
        status);
}

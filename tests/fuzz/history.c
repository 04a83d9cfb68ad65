/* Histories nobody vouches for: the bytes are the file. What is handed on is of a known kind, with
 * its start and figures that have names; the run before is one of those. */
#include "fuzz/scratch.h"
#include "run/history_query.h"

#include <string.h>

static bool take(void *context, const struct history_row *row, struct err *err)
{
    size_t *rows = context;

    (void)err;
    demand(row->kind <= HISTORY_DEPLOY && row->result <= HISTORY_RUNNING && row->started_at);
    demand(row->count <= HISTORY_FIGURES);
    for (size_t i = 0; i < row->count; i++) demand(row->figures[i].name != NULL);
    return ++*rows < 1000 || err_set(err, "more than enough");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct history_wanted wanted = {.kind = HISTORY_EVAL, .figure = "kl"};
    struct history_found found;
    struct err err;
    size_t rows = 0;
    int got;

    scratch_write(data, size);
    if (!history_rows(scratch, take, &rows, &err)) demand(strnlen(err.text, sizeof err.text) > 0);
    got = history_previous(scratch, &wanted, &found, &err);
    demand(got >= -1 && got <= 1);
    if (got > 0) demand(strnlen(found.finished_at, MOMENT_TEXT) < MOMENT_TEXT);
    return 0;
}

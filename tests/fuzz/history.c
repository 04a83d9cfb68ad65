/* Histories nobody vouches for: the bytes are the file. What is handed on is of a known kind, with
 * its start and figures that have names; the run before is one of those. */
#include "fuzz/fuzz.h"
#include "run/history_query.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void demand(bool holds)
{
    if (!holds) abort();
}

static void remove_file(void)
{
    unlink(path);
}

static void write_file(const uint8_t *data, size_t size)
{
    int fd;

    if (!*path) {
        snprintf(path, sizeof path, "/dev/shm/dpo-fuzz-%ld.db", (long)getpid());
        atexit(remove_file);
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    demand(fd >= 0);
    demand(!size || write(fd, data, size) == (ssize_t)size);
    close(fd);
}

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

    write_file(data, size);
    if (!history_rows(path, take, &rows, &err)) demand(strnlen(err.text, sizeof err.text) > 0);
    got = history_previous(path, &wanted, &found, &err);
    demand(got >= -1 && got <= 1);
    if (got > 0) demand(strnlen(found.finished_at, MOMENT_TEXT) < MOMENT_TEXT);
    return 0;
}

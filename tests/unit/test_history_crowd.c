/* runs.db under a crowd: processes that append at once lose nothing, those that are killed leave a
 * good database, and readers see whole runs meanwhile. */
#include "run/history_query.h"

#include "check.h"
#include "unit/files.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BESIDE = 8, STEADY = CHECK_SLOW ? 80 : 800, BURST = CHECK_SLOW ? 40 : 200, KILLED = 12 };

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static char memory[64];

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[80];

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", memory, ends[i]);
        unlink(path);
    }
}

/* A database in memory, if there is such a place: it is turns that are tested, not the disk. */
static const char *begin(const char *name)
{
    snprintf(memory, sizeof memory, "/dev/shm/dpo-crowd-%ld.db", (long)getpid());
    remove_files();
    return access("/dev/shm", W_OK) == 0 ? memory : files_path(name);
}

/* The first row of a query. */
static const char *ask(const char *path, const char *sql)
{
    static char out[200];
    sqlite3_stmt *rows = NULL;
    sqlite3 *db;

    snprintf(out, sizeof out, "error");
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(db, 10000) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK &&
        sqlite3_step(rows) == SQLITE_ROW)
        snprintf(out, sizeof out, "%s", (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return out;
}

/* One run from its begin to its end, with a figure that tells it from all others. */
static bool append(const char *path, int number)
{
    const struct history_figure figure = {"number", number};
    struct history history;
    struct err err;

    if (history_begin(&history, path, &(struct history_run){.kind = HISTORY_EVAL}, &err) &&
        history_end(&history, HISTORY_DONE, 0, &figure, 1, &err))
        return true;
    printf("# %s\n", err.text);
    fflush(stdout);
    return false;
}

/* A process of its own that appends one run, once nobody writes to the gate (NULL: at once). */
static bool start(const char *path, int number, const int *gate)
{
    const pid_t child = fork();
    char byte;

    if (child != 0) return child > 0;
    if (gate) {
        close(gate[1]);
        while (read(gate[0], &byte, 1) > 0) continue;
    }
    _exit(append(path, number) ? 0 : 1);
}

static bool ended_well(void)
{
    int status;

    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct view {
    size_t done, running;
    double sum;
};

static bool look(void *context, const struct history_row *row, struct err *err)
{
    struct view *view = context;

    if (row->result == HISTORY_RUNNING) {
        view->running++;
        return row->count == 0 || err_set(err, "a running run has figures");
    }
    view->done++;
    if (row->result != HISTORY_DONE || row->count != 1 || !row->finished_at)
        return err_set(err, "half a run");
    view->sum += row->figures[0].value;
    return true;
}

/* What a reader sees is never less than before. */
static void check_view(const char *path, size_t *seen)
{
    struct view view = {0};
    struct err err = {""};

    check_claim(history_rows(path, look, &view, &err), __FILE__, __LINE__, "%s", err.text);
    CHECK(view.done >= *seen && view.running <= STEADY + BURST);
    *seen = view.done;
}

TEST(a_thousand_runs)
{
    const char *path = begin("thousand.db");
    struct view view = {0};
    struct err err;
    size_t seen = 0;
    int gate[2], started = 0, bad = 0;

    fflush(stdout);
    for (; started < STEADY; started++) {
        if (started >= BESIDE) bad += !ended_well();
        bad += !start(path, started, NULL);
        if (started % 50 == 49) check_view(path, &seen);
    }
    for (int i = 0; i < BESIDE; i++) bad += !ended_well();
    CHECK(pipe(gate) == 0);
    for (; started < STEADY + BURST; started++) bad += !start(path, started, gate);
    close(gate[0]);
    close(gate[1]);
    check_view(path, &seen);
    for (int i = 0; i < BURST; i++) bad += !ended_well();
    CHECK_INT(bad, 0);
    CHECK(history_rows(path, look, &view, &err));
    CHECK_INT(view.done, STEADY + BURST);
    CHECK_INT(view.running, 0);
    CHECK_NEAR(view.sum, (STEADY + BURST) * (STEADY + BURST - 1) / 2.0, 0);
    CHECK_TEXT(ask(path, "SELECT count(DISTINCT value) = count(*) FROM figures"), "1");
    CHECK_TEXT(ask(path, "PRAGMA integrity_check"), "ok");
}

/* Appends for ever; counts what was acknowledged. */
static void keep_appending(const char *path, volatile int *acknowledged)
{
    while (append(path, 1)) ++*acknowledged;
    _exit(1);
}

TEST(killed_writers)
{
    const char *path = begin("killed.db");
    volatile int *acknowledged = mmap(NULL, KILLED * sizeof *acknowledged, PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct view view = {0};
    struct err err = {""};
    size_t seen = 0, sure = 0;
    pid_t writers[KILLED];

    if (!CHECK(acknowledged != MAP_FAILED)) return;
    fflush(stdout);
    for (int i = 0; i < KILLED; i++) {
        writers[i] = fork();
        if (writers[i] == 0) keep_appending(path, &acknowledged[i]);
    }
    for (int i = 0; i < KILLED; i++) {
        pause_ms(20 + i * 7 % 13 * 10);
        kill(writers[i], SIGKILL);
        waitpid(writers[i], NULL, 0);
        check_view(path, &seen);
    }
    for (int i = 0; i < KILLED; i++) sure += (size_t)acknowledged[i];
    munmap((void *)acknowledged, KILLED * sizeof *acknowledged);
    check_claim(history_rows(path, look, &view, &err), __FILE__, __LINE__, "%s", err.text);
    printf("# %zu runs acknowledged, %zu there, %zu killed in the middle\n", sure, view.done,
           view.running);
    CHECK(sure > 0 && view.done >= sure && view.done <= sure + KILLED && view.running <= KILLED);
    CHECK_TEXT(ask(path, "PRAGMA integrity_check"), "ok");
    CHECK(append(path, 1));
}

int main(void)
{
    RUN(a_thousand_runs);
    RUN(killed_writers);
    remove_files();
    return check_end();
}

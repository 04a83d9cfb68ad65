/* A log that grows by whole lines, is cut back to what a checkpoint recorded, and fails whole. */
#include "run/metrics_log.h"

#include "check.h"
#include "unit/files.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

static void check_content(const char *path, const char *want)
{
    char *text = files_read(path, NULL);

    CHECK_TEXT(text, want);
    mem_free(text);
}

static bool add_step(struct metrics_log *log, unsigned step)
{
    struct figures entry = {0};
    bool good;

    figures_whole(&entry, "step", step);
    good = metrics_log_add(log, &entry, &err);
    figures_release(&entry);
    return good;
}

static void check_refused(const char *path, uint64_t keep, const char *why)
{
    struct metrics_log log;
    char *before = files_read(path, NULL), want[400];

    CHECK(!metrics_log_open(&log, path, keep, &err));
    snprintf(want, sizeof want, "%s: %s", path, why);
    CHECK_TEXT(err.text, want);
    metrics_log_close(&log);
    if (before) check_content(path, before);
    mem_free(before);
}

TEST(entries_are_there_at_once)
{
    const char *path = files_path("new");
    struct metrics_log log;

    if (!CHECK(metrics_log_open(&log, path, 0, &err))) return;
    check_content(path, "");
    CHECK(add_step(&log, 1));
    check_content(path, "{\"step\":1}\n");
    CHECK_INT(log.file.len, 11);
    CHECK(add_step(&log, 2) && metrics_log_sync(&log, &err));
    check_content(path, "{\"step\":1}\n{\"step\":2}\n");
    CHECK_INT(log.file.len, 22);
    metrics_log_close(&log);
    metrics_log_close(&log); /* is fine */
}

TEST(goes_on_from_a_length)
{
    const char *path = files_text("old", "{\"step\":1}\n{\"step\":2}\n{\"ste");
    struct metrics_log log;

    CHECK(metrics_log_open(&log, path, 22, &err)); /* the last line is torn */
    check_content(path, "{\"step\":1}\n{\"step\":2}\n");
    CHECK(add_step(&log, 3));
    metrics_log_close(&log);
    CHECK(metrics_log_open(&log, path, 11, &err));
    CHECK(add_step(&log, 4));
    check_content(path, "{\"step\":1}\n{\"step\":4}\n");
    metrics_log_close(&log);
    CHECK(metrics_log_open(&log, path, 22, &err)); /* nothing to cut */
    CHECK_INT(log.file.len, 22);
    metrics_log_close(&log);
    CHECK(metrics_log_open(&log, path, 0, &err));
    check_content(path, "");
    metrics_log_close(&log);
}

TEST(refuses_another_file)
{
    const char *path = files_text("other", "{\"step\":1}\n{\"step\":2}\n");

    check_refused(path, 23,
                  "has 22 bytes where the checkpoint counted 23: the run directory was changed");
    check_refused(
        path, 12,
        "no line ends at byte 12, where the checkpoint counted one: the run directory was "
        "changed");
    check_refused(files_path("absent/log"), 0, "cannot open: No such file or directory");
    check_refused(files_path("gone"), 5,
                  "has 0 bytes where the checkpoint counted 5: the run directory was changed");
    CHECK(mkdir(files_path("folder"), 0777) == 0);
    check_refused(files_path("folder"), 0, "cannot open: Is a directory");
}

TEST(full_disk)
{
    struct metrics_log log;

    CHECK(metrics_log_open(&log, "/dev/full", 0, &err));
    CHECK(!add_step(&log, 1));
    CHECK_TEXT(err.text, "/dev/full: cannot write: No space left on device");
    CHECK_INT(log.file.len, 0);
    CHECK(metrics_log_sync(&log, &err));
    metrics_log_close(&log);
}

/* A file may grow to 30 bytes: the third entry fits in part. */
TEST(no_piece_of_an_entry_stays)
{
    const char *path = files_path("small");
    struct rlimit old, small;
    struct metrics_log log;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);

    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small = old;
    small.rlim_cur = 30;
    CHECK(metrics_log_open(&log, path, 0, &err));
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(add_step(&log, 1) && add_step(&log, 2));
    CHECK(!add_step(&log, 3));
    CHECK(strstr(err.text, "/small: cannot write: File too large"));
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    signal(SIGXFSZ, handler);
    check_content(path, "{\"step\":1}\n{\"step\":2}\n");
    CHECK(add_step(&log, 4)); /* there is room again */
    check_content(path, "{\"step\":1}\n{\"step\":2}\n{\"step\":4}\n");
    metrics_log_close(&log);
}

/* However early a writer is killed, what it left can be gone on with from any line. */
TEST(killed)
{
    const char *path = files_path("killed");

    for (unsigned round = 0; round < 10; round++) {
        struct metrics_log log;
        pid_t child = fork();
        size_t len = 0;
        char *text;

        if (child == 0) {
            if (!metrics_log_open(&log, path, 0, &err)) _exit(1);
            for (unsigned step = 0; add_step(&log, step % 10); step++) {
            }
            _exit(1);
        }
        usleep(1000 + 700 * round);
        CHECK(child > 0 && kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
        text = files_read(path, &len);
        len = text && len < 22000 ? len / 11 * 11 : 0;
        mem_free(text);
        CHECK(metrics_log_open(&log, path, len, &err) && add_step(&log, 7));
        CHECK_INT(log.file.len, len + 11);
        metrics_log_close(&log);
    }
}

int main(void)
{
    RUN(entries_are_there_at_once);
    RUN(goes_on_from_a_length);
    RUN(refuses_another_file);
    RUN(full_disk);
    RUN(no_piece_of_an_entry_stays);
    RUN(killed);
    return check_end();
}

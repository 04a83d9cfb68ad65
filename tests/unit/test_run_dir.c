/* The folder of a run: made, locked, swept, and not used twice. */
#include "train/run_dir.h"

#include "check.h"
#include "core/memory.h"
#include "unit/files.h"

#include <sys/wait.h>
#include <unistd.h>

static struct err err;

/* What a process of its own gets, which lets the lock go at its end; its words are in err. */
static int opened(const char *path, bool resume)
{
    int ends[2], status = 0;
    pid_t child;

    if (!CHECK(pipe(ends) == 0)) return -2;
    fflush(stdout);
    err.text[0] = '\0';
    child = fork();
    if (child == 0) {
        const int got = run_dir_open(path, resume, &err);

        if (got <= 0 && write(ends[1], err.text, strlen(err.text)) < 0) _exit(9);
        _exit(got + 1);
    }
    close(ends[1]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    err.text[0] = '\0';
    {
        const ssize_t len = read(ends[0], err.text, sizeof err.text - 1);

        err.text[len > 0 ? len : 0] = '\0';
    }
    close(ends[0]);
    return WEXITSTATUS(status) - 1;
}

TEST(new_ones)
{
    CHECK_INT(opened(files_path("deep/run"), false), 1);
    CHECK(access(files_path("deep/run/.lock"), F_OK) == 0);
    CHECK_INT(opened(files_path("deep/run"), false), 1); /* nothing was left but the lock */
    CHECK_INT(opened(files_path("deep/run"), true), 1);
}

TEST(one_trainer_at_a_time)
{
    const char *run = files_path("locked");
    char *want = mem_format("%s/.lock: another run holds the lock", run);

    CHECK_INT(run_dir_open(run, false, &err), 1);
    files_text("locked/.x.999999999-0.tmp", "of the trainer that runs");
    CHECK_INT(opened(run, false), 0);
    CHECK_TEXT(err.text, want);
    CHECK(access(files_path("locked/.x.999999999-0.tmp"), F_OK) == 0);
    mem_free(want);
}

static void check_taken(const char *file)
{
    char name[80];
    char *want = mem_format("'%s' holds a run already: --resume goes on with it, another -o "
                            "starts anew",
                            files_path("used"));

    snprintf(name, sizeof name, "used/%s", file);
    files_text(name, "");
    CHECK_INT(opened(files_path("used"), false), -1);
    CHECK_TEXT(err.text, want);
    CHECK_INT(opened(files_path("used"), true), 1);
    unlink(files_path(name));
    mem_free(want);
}

TEST(a_run_is_not_begun_over)
{
    check_taken("metrics.jsonl");
    check_taken("trainer_state.json");
    check_taken("checkpoint-10/resume.json");
    files_text("used/notes.txt", "");
    CHECK_INT(opened(files_path("used"), false), 1);
}

static void check_foreign(const char *file)
{
    char name[80];
    char *want = mem_format("'%s' holds '%s' of a model that is no run: give another -o",
                            files_path("model"), file);

    snprintf(name, sizeof name, "model/%s", file);
    files_text(name, "");
    CHECK_INT(opened(files_path("model"), false), -1);
    CHECK_TEXT(err.text, want);
    CHECK_INT(opened(files_path("model"), true), -1);
    CHECK_TEXT(err.text, want);
    CHECK(access(files_path("model/.lock"), F_OK) != 0);
    unlink(files_path(name));
    mem_free(want);
}

TEST(weights_that_no_run_left_stay)
{
    files_text("model/config.json", "{}");
    check_foreign("model.safetensors");
    check_foreign("model.safetensors.index.json");
    check_foreign("model-00001-of-00002.safetensors");
    check_foreign("adapter_model.safetensors");
    files_text("left/metrics.jsonl", "");
    files_text("left/model.safetensors", "");
    CHECK_INT(opened(files_path("left"), true), 1);
    files_text("cached/reference-0.safetensors", "");
    CHECK_INT(opened(files_path("cached"), false), 1);
}

TEST(folders_are_known_by_any_name)
{
    const char *model = files_path("known"), *link = files_path("link");
    char *dotted = mem_format("%s/.", model);

    files_text("known/config.json", "{}");
    CHECK(symlink(model, link) == 0);
    CHECK(run_dir_is_of(model, model));
    CHECK(run_dir_is_of(link, model));
    CHECK(run_dir_is_of(model, link));
    CHECK(run_dir_is_of(dotted, model));
    CHECK(!run_dir_is_of(files_path("absent"), model));
    CHECK(!run_dir_is_of(model, files_path("absent")));
    CHECK(!run_dir_is_of(files_path("used"), model));
    mem_free(dotted);
}

TEST(leftovers_go)
{
    files_text("swept/.checkpoint-20.999999999-0.tmp/resume.json", "{}");
    files_text("swept/.checkpoint-10.999999999-0.old/resume.json", "{}");
    CHECK_INT(opened(files_path("swept"), true), 1);
    CHECK(access(files_path("swept/.checkpoint-20.999999999-0.tmp"), F_OK) != 0);
    CHECK(access(files_path("swept/checkpoint-10/resume.json"), F_OK) == 0);
}

TEST(places_for_no_run)
{
    char *want = mem_format("%s: is not a folder", files_path("file"));

    files_text("file", "x");
    CHECK_INT(opened(files_path("file"), false), -1);
    CHECK_TEXT(err.text, want);
    CHECK_INT(opened("/proc/run", false), -1);
    CHECK_TEXT(err.text, "/proc/run: cannot make the folder: No such file or directory");
    CHECK_INT(opened("/proc", false), -1);
    CHECK_TEXT(err.text, "/proc/.lock: No such file or directory");
    mem_free(want);
}

int main(void)
{
    RUN(new_ones);
    RUN(one_trainer_at_a_time);
    RUN(a_run_is_not_begun_over);
    RUN(weights_that_no_run_left_stay);
    RUN(folders_are_known_by_any_name);
    RUN(leftovers_go);
    RUN(places_for_no_run);
    return check_end();
}

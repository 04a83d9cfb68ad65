/* The names of temporaries, and files that are put there at once. */
#include "core/outfile.h"

#include "check.h"
#include "unit/files.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

/* A run that is killed leaves its temporary; the next one removes it, and nothing else. */
TEST(killed_runs_are_swept)
{
    static const char *const others[] = {".swept.x.999999999-0.tmp", ".xswept.999999999-0.tmp",
                                         ".swept.999999999-0.old", ".swept.tmp",
                                         ".swept.999999999-.tmp"};
    const char *path = files_text("swept", "old");
    struct outfile out, other;
    struct err err;
    size_t before;
    int status;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) files_text(others[i], "kept");
    files_text(".swept.999999999-0.tmp/kept", "a folder is none of ours");
    before = files_count();
    fflush(stdout);
    if (fork() == 0) {
        if (outfile_open(&out, path, &err) && outfile_name(&out, &err)) raise(SIGKILL);
        _exit(1);
    }
    CHECK(wait(&status) > 0 && WIFSIGNALED(status));
    CHECK_INT(files_count(), before + 1);
    if (!CHECK(outfile_open(&out, path, &err))) return;
    CHECK_INT(files_count(), before);
    CHECK(outfile_name(&out, &err));
    CHECK(outfile_open(&other, path, &err)); /* the first one lives */
    CHECK_INT(files_count(), before + 1);
    CHECK(outfile_commit(&other, &err) && outfile_commit(&out, &err));
    CHECK_INT(files_count(), before);
}

/* Another machine may write here under our number: its temporaries, which it holds, are left
 * alone. */
TEST(temporaries_of_others_stay)
{
    struct outfile out;
    struct err err;
    char name[64];
    size_t len;
    int held[60];

    for (unsigned i = 0; i < 60; i++) {
        snprintf(name, sizeof name, ".shared.%ld-%u.tmp", (long)getpid(), i);
        held[i] = open(files_text(name, "theirs"), O_RDWR | O_CLOEXEC);
        CHECK(flock(held[i], LOCK_EX | LOCK_NB) == 0);
    }
    if (!CHECK(outfile_open(&out, files_path("shared"), &err))) return;
    CHECK(outfile_write(&out, "ours", 4, &err) && outfile_commit(&out, &err));
    for (unsigned i = 0; i < 60; i++) {
        char *text;

        snprintf(name, sizeof name, ".shared.%ld-%u.tmp", (long)getpid(), i);
        text = files_read(files_path(name), &len);
        CHECK(text && len == 6);
        mem_free(text);
        close(held[i]);
    }
}

TEST(whole_texts)
{
    const char *path = files_text("whole", "old");
    struct err err;
    size_t len;
    char *text;

    CHECK(outfile_put(path, TEXT("new\n"), &err));
    text = files_read(path, &len);
    CHECK(text && len == 4 && memcmp(text, "new\n", 4) == 0);
    mem_free(text);
    CHECK(outfile_put(path, (struct text){NULL, 0}, &err));
    text = files_read(path, &len);
    CHECK(len == 0);
    mem_free(text);
    CHECK(!outfile_put(files_path("none/whole"), TEXT("new"), &err));
    CHECK(strstr(err.text, "none/whole: cannot create: "));
    CHECK(!outfile_put("/dev/full", TEXT("new"), &err));
    CHECK(strstr(err.text, "/dev/full: "));
}

int main(void)
{
    RUN(whole_texts);
    RUN(temporaries_of_others_stay);
    RUN(killed_runs_are_swept);
    return check_end();
}

/* The names of temporaries, and files that are put there at once. */
#include "core/outfile.h"

#include "check.h"
#include "unit/files.h"

#include <string.h>
#include <unistd.h>

/* Another machine may write here under our number: its temporaries are left alone. */
TEST(temporaries_of_others_stay)
{
    struct outfile out;
    struct err err;
    char name[64];
    size_t len;

    for (unsigned i = 0; i < 60; i++) {
        snprintf(name, sizeof name, ".shared.%ld-%u.tmp", (long)getpid(), i);
        files_text(name, "theirs");
    }
    if (!CHECK(outfile_open(&out, files_path("shared"), &err))) return;
    CHECK(outfile_write(&out, "ours", 4, &err) && outfile_commit(&out, &err));
    for (unsigned i = 0; i < 60; i++) {
        char *text;

        snprintf(name, sizeof name, ".shared.%ld-%u.tmp", (long)getpid(), i);
        text = files_read(files_path(name), &len);
        CHECK(text && len == 6);
        mem_free(text);
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
    return check_end();
}

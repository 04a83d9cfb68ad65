/* The names of temporaries. */
#include "core/outfile.h"

#include "check.h"
#include "unit/files.h"

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

int main(void)
{
    RUN(temporaries_of_others_stay);
    return check_end();
}

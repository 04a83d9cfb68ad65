/* Which checkpoints there are, and which go. */
#include "train/checkpoints.h"

#include "check.h"
#include "core/outfolder.h"
#include "unit/files.h"

#include <unistd.h>

static struct err err;

static void make(uint64_t number)
{
    char name[60];

    snprintf(name, sizeof name, "run/checkpoint-%llu/resume.json", (unsigned long long)number);
    files_text(name, "{}");
}

/* The numbers, as '10 20 '. */
static const char *list(void)
{
    static char text[200];
    struct checkpoints found;
    size_t len = 0;

    text[0] = '\0';
    if (!CHECK(checkpoints_find(&found, files_path("run"), &err))) return text;
    for (size_t i = 0; i < found.count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%llu ",
                                (unsigned long long)found.numbers[i]);
    checkpoints_release(&found);
    return text;
}

TEST(in_order_of_their_numbers)
{
    static const uint64_t numbers[] = {100, 20, 3, 999999999999999999U, 0};

    for (size_t i = 0; i < 5; i++) make(numbers[i]);
    files_text("run/checkpoint-40/optimizer.pt", "another program's");
    files_text("run/checkpoint-007/resume.json", "{}");
    files_text("run/checkpoint-1x/resume.json", "{}");
    files_text("run/checkpoint-/resume.json", "{}");
    files_text("run/checkpoint-1000000000000000000/resume.json", "{}");
    files_text("run/.checkpoint-50.1-0.tmp/resume.json", "{}");
    files_text("run/checkpoint-60", "a file");
    CHECK_TEXT(list(), "0 3 20 100 999999999999999999 ");
    CHECK(outfolder_remove(files_path("run"), &err));
    CHECK(outfolder_make(files_path("run"), &err));
    CHECK_TEXT(list(), "");
    CHECK(outfolder_remove(files_path("run"), &err));
}

/* Of checkpoints 10, 20, ... 50 those that are left. */
static const char *pruned(size_t limit, const uint64_t *keep, size_t count)
{
    for (uint64_t number = 10; number <= 50; number += 10) make(number);
    CHECK(checkpoints_prune(files_path("run"), limit, keep, count, &err));
    return list();
}

TEST(the_oldest_go)
{
    const uint64_t keep[] = {10, 30, 77};

    CHECK_TEXT(pruned(0, NULL, 0), "10 20 30 40 50 ");
    CHECK_TEXT(pruned(5, NULL, 0), "10 20 30 40 50 ");
    CHECK_TEXT(pruned(3, NULL, 0), "30 40 50 ");
    CHECK_TEXT(pruned(1, NULL, 0), "50 ");
    CHECK_TEXT(pruned(3, keep, 3), "10 30 50 ");
    CHECK_TEXT(pruned(2, keep, 1), "10 50 ");
    CHECK_TEXT(pruned(1, keep, 2), "10 30 50 ");
    CHECK(access(files_path("run/checkpoint-20"), F_OK) != 0);
    CHECK(outfolder_remove(files_path("run"), &err));
}

TEST(no_folder)
{
    struct checkpoints found;

    CHECK(!checkpoints_find(&found, files_path("absent"), &err));
    CHECK(strstr(err.text, "/absent: No such file or directory"));
    CHECK(!checkpoints_prune(files_path("absent"), 1, NULL, 0, &err));
}

int main(void)
{
    RUN(in_order_of_their_numbers);
    RUN(the_oldest_go);
    RUN(no_folder);
    return check_end();
}

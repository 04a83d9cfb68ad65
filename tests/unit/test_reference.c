#include "learn/reference.h"

#include "check.h"
#include "files.h"
#include "lesson.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new folder for what is kept. */
static const char *new_cache(void)
{
    static char path[512];
    const char *root = getenv("TMPDIR");

    snprintf(path, sizeof path, "%s/cache-XXXXXX", root ? root : "/tmp");
    return mkdtemp(path);
}

static size_t kept_files(const char *folder, char *last, size_t room)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.') continue;
        snprintf(last, room, "%s/%s", folder, entry->d_name);
        count++;
    }
    if (dir) closedir(dir);
    return count;
}

static struct reference *refer(struct lesson *lesson)
{
    struct err err;

    if (!CHECK(lesson_open(lesson))) return NULL;
    if (!CHECK(lesson_refer(lesson, &err))) return NULL;
    return &lesson->session.references[0];
}

TEST(what_is_kept_is_found_bit_for_bit)
{
    struct lesson first = {.cache = new_cache()}, second = {.cache = first.cache, .batch = 5};
    struct reference *one = refer(&first), *other = refer(&second);
    char path[1024];

    if (!one || !other) return;
    CHECK(!one->found);
    CHECK(other->found);
    CHECK_INT(one->tokens, other->tokens);
    CHECK(memcmp(one->logps, other->logps, one->tokens * sizeof *one->logps) == 0);
    CHECK_INT(kept_files(first.cache, path, sizeof path), 1);
    lesson_close(&first);
    lesson_close(&second);
}

/* Cut, or with a number that is none: made anew, and kept again. */
TEST(a_damaged_file_is_made_anew)
{
    struct lesson first = {.cache = new_cache()}, cut = {.cache = first.cache},
                  third = {.cache = first.cache};
    struct reference *reference = refer(&first);
    char path[1024];

    if (!reference || !CHECK(kept_files(first.cache, path, sizeof path) == 1)) return;
    CHECK(truncate(path, 200) == 0);
    reference = refer(&cut);
    CHECK(reference && !reference->found);
    reference = refer(&third);
    CHECK(reference && reference->found);
    lesson_close(&first);
    lesson_close(&cut);
    lesson_close(&third);
}

static bool break_off(void *context, size_t done, size_t all)
{
    *(size_t *)context = done;
    CHECK_INT(all, 24);
    return false;
}

TEST(it_can_be_broken_off)
{
    struct lesson lesson = {.cache = new_cache()};
    struct session *session = &lesson.session;
    size_t done = 0;
    struct reference_options options = {.cache = lesson.cache,
                                        .identity = "of a test",
                                        .rows = 1,
                                        .go_on = break_off,
                                        .context = &done};
    struct reference reference;
    struct err err = {"something"};
    char path[1024];

    if (!CHECK(lesson_open(&lesson))) return;
    CHECK(!reference_find(&reference, &session->policy, &session->train, &options, &err));
    CHECK_TEXT(err.text, "");
    CHECK_INT(done, 1);
    CHECK_INT(kept_files(lesson.cache, path, sizeof path), 0);
    lesson_close(&lesson);
}

TEST(an_unwritable_cache_is_told)
{
    struct lesson lesson = {.cache = "/proc/no"};
    struct err err;

    if (!CHECK(lesson_open(&lesson))) return;
    CHECK(!lesson_refer(&lesson, &err));
    CHECK(strstr(err.text, "/proc/no/reference-") != NULL);
    lesson_close(&lesson);
}

int main(void)
{
    RUN(what_is_kept_is_found_bit_for_bit);
    RUN(a_damaged_file_is_made_anew);
    RUN(it_can_be_broken_off);
    RUN(an_unwritable_cache_is_told);
    return check_end();
}

#include "train/checkpoints.h"

#include "core/memory.h"
#include "core/outfolder.h"
#include "train/checkpoint.h"
#include "train/step_number.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEGINNING "checkpoint-"

static bool is_checkpoint(int run, const char *name, uint64_t *number)
{
    const size_t len = strlen(BEGINNING);
    char *path;
    bool there;

    if (strncmp(name, BEGINNING, len) != 0 || !step_number_parse(text_of(name + len), number))
        return false;
    path = mem_format("%s/resume.json", name);
    there = faccessat(run, path, F_OK, 0) == 0;
    mem_free(path);
    return there;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

bool checkpoints_find(struct checkpoints *found, const char *run, struct err *err)
{
    DIR *list = opendir(run);
    const struct dirent *entry;
    uint64_t number;
    bool good;

    *found = (struct checkpoints){0};
    if (!list) return err_errno(err, "%s", run);
    while ((errno = 0, entry = readdir(list))) {
        if (!is_checkpoint(dirfd(list), entry->d_name, &number)) continue;
        found->numbers =
            mem_room(found->numbers, found->count, &found->room, sizeof *found->numbers);
        found->numbers[found->count++] = number;
    }
    good = errno == 0 || err_errno(err, "%s", run);
    closedir(list);
    if (found->count) qsort(found->numbers, found->count, sizeof *found->numbers, ascending);
    if (!good) checkpoints_release(found);
    return good;
}

void checkpoints_release(struct checkpoints *found)
{
    mem_free(found->numbers);
    *found = (struct checkpoints){0};
}

static bool is_kept(uint64_t number, const uint64_t *keep, size_t count)
{
    size_t i = 0;

    while (i < count && keep[i] != number) i++;
    return i < count;
}

static bool drop(const char *run, uint64_t number, struct err *err)
{
    char *path = checkpoint_path(run, number);
    const bool good = outfolder_remove(path, err);

    mem_free(path);
    return good;
}

bool checkpoints_prune(const char *run, size_t limit, const uint64_t *keep, size_t keep_count,
                       struct err *err)
{
    struct checkpoints found;
    size_t left;
    bool good = checkpoints_find(&found, run, err);

    left = found.count;
    for (size_t i = 0; good && limit && left > limit && i + 1 < found.count; i++) {
        if (is_kept(found.numbers[i], keep, keep_count)) continue;
        good = drop(run, found.numbers[i], err);
        left--;
    }
    checkpoints_release(&found);
    return good;
}

bool checkpoints_drop_newer(const char *run, uint64_t step, struct err *err)
{
    struct checkpoints found;
    bool good = checkpoints_find(&found, run, err);

    for (size_t i = found.count; good && i-- > 0 && found.numbers[i] > step;)
        good = drop(run, found.numbers[i], err);
    checkpoints_release(&found);
    return good;
}

#include "train/run_dir.h"

#include "core/lock.h"
#include "core/memory.h"
#include "core/outfolder.h"
#include "place/locate.h"
#include "train/checkpoints.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG "metrics.jsonl" /* what a run leaves first */

bool run_dir_is_of(const char *path, const char *name)
{
    struct place place;
    struct stat run, other;
    struct err none;
    bool same;

    if (stat(path, &run) != 0 || !locate_model(&place, name, &none)) return false;
    same =
        stat(place.path, &other) == 0 && run.st_dev == other.st_dev && run.st_ino == other.st_ino;
    place_release(&place);
    return same;
}

static bool has_file(const char *path, const char *name)
{
    char *file = mem_format("%s/%s", path, name);
    const bool found = access(file, F_OK) == 0;

    mem_free(file);
    return found;
}

/* Whatever a result could be written over, or be taken for a part of. */
static bool is_weights(const char *name)
{
    static const char *const endings[] = {".safetensors", ".safetensors.index.json"};
    const size_t len = strlen(name);

    if (strncmp(name, "model", 5) != 0 && strncmp(name, "adapter_model", 13) != 0) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t end = strlen(endings[i]);

        if (len > end && strcmp(name + len - end, endings[i]) == 0) return true;
    }
    return false;
}

/* A model or an adapter that no run left has no log beside it. */
static bool check_weights(const char *path, struct err *err)
{
    DIR *list = opendir(path);
    const struct dirent *entry = NULL;
    bool good;

    if (!list) return true; /* there is none, or what is wrong will be told by who makes it */
    while ((errno = 0, entry = readdir(list)) && !is_weights(entry->d_name)) continue;
    good = !entry || has_file(path, LOG) ||
           err_set(err, "'%s' holds '%.80s' of a model that is no run: give another -o", path,
                   entry->d_name);
    closedir(list);
    return good;
}

static int take_lock(const char *path, struct err *err)
{
    char *lock = mem_format("%s/.lock", path);
    const int got = lock_take(lock, err);

    if (got == 0) err_set(err, "%s: another run holds the lock", lock);
    mem_free(lock);
    return got;
}

static bool check_new(const char *path, struct err *err)
{
    struct checkpoints found;
    bool holds;

    if (!checkpoints_find(&found, path, err)) return false;
    holds = found.count > 0 || has_file(path, LOG) || has_file(path, "trainer_state.json");
    checkpoints_release(&found);
    return !holds || err_set(err,
                             "'%s' holds a run already: --resume goes on with it, another -o "
                             "starts anew",
                             path);
}

int run_dir_open(const char *path, bool resume, struct err *err)
{
    int got;

    if (!check_weights(path, err) || !outfolder_make(path, err)) return -1;
    got = take_lock(path, err);
    if (got <= 0) return got;
    return outfolder_sweep(path, err) && (resume || check_new(path, err)) ? 1 : -1;
}

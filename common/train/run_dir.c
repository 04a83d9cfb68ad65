#include "train/run_dir.h"

#include "core/lock.h"
#include "core/memory.h"
#include "core/outfolder.h"
#include "train/checkpoints.h"

#include <unistd.h>

/* What a run leaves, the first of it early. */
static bool has_file(const char *path)
{
    static const char *const names[] = {"metrics.jsonl", "trainer_state.json",
                                        "adapter_model.safetensors", "model.safetensors"};
    bool found = false;

    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
        char *file = mem_format("%s/%s", path, names[i]);

        found = access(file, F_OK) == 0;
        mem_free(file);
    }
    return found;
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
    holds = found.count > 0 || has_file(path);
    checkpoints_release(&found);
    return !holds || err_set(err,
                             "'%s' holds a run already: --resume goes on with it, another -o "
                             "starts anew",
                             path);
}

int run_dir_open(const char *path, bool resume, struct err *err)
{
    int got;

    if (!outfolder_make(path, err)) return -1;
    got = take_lock(path, err);
    if (got <= 0) return got;
    return outfolder_sweep(path, err) && (resume || check_new(path, err)) ? 1 : -1;
}

#include "train/checkpoints.h"
#include "train/trainer_parts.h"

#include "core/memory.h"
#include "run/metadata.h"

#include <unistd.h>

bool trainer_newest(const char *run, uint64_t *step, struct err *err)
{
    struct checkpoints found = {0};

    if (!checkpoints_find(&found, run, err)) return false;
    *step = found.count ? found.numbers[found.count - 1] : 0;
    checkpoints_release(&found);
    return true;
}

/* The name of a hash that only one has, or that is another one; NULL: they are the same. */
static const char *find_difference(const json_t *some, const json_t *others)
{
    const char *name;
    json_t *hash;

    json_object_foreach((json_t *)some, name, hash)
    {
        if (!json_equal(json_object_get(others, name), hash)) return name;
    }
    return NULL;
}

static bool same_inputs(const json_t *then, const json_t *now, struct err *err)
{
    const char *name = find_difference(now, then);

    if (!name) name = find_difference(then, now);
    return !name || err_set(err, "made with another %s", name);
}

static bool has_file(const char *run, const char *name)
{
    char *path = mem_format("%s/%s", run, name);
    const bool there = access(path, F_OK) == 0;

    mem_free(path);
    return there;
}

int trainer_end(const char *run, json_t **end, struct err *err)
{
    *end = NULL;
    if (!has_file(run, "resume.json")) return 0;
    *end = checkpoint_read_resume(run, err);
    if (!*end) return -1;
    if (json_is_false(json_object_get(*end, "result")) || has_file(run, METADATA_FILE)) return 1;
    json_decref(*end);
    *end = NULL;
    return 0;
}

/* What a run has left last, and its folder, for the caller to free; returns as trainer_end. */
static int find_resume(const char *run, json_t **resume, char **folder, struct err *err)
{
    uint64_t step = 0;
    int got = trainer_end(run, resume, err);

    *folder = NULL;
    if (got > 0) *folder = mem_copy_text(run);
    if (got) return got;
    if (!trainer_newest(run, &step, err)) return -1;
    if (step == 0) return 0;
    *folder = checkpoint_path(run, step);
    *resume = checkpoint_read_resume(*folder, err);
    return *resume ? 1 : -1;
}

bool trainer_check(const char *run, const json_t *options, const json_t *inputs, struct err *err)
{
    json_t *resume;
    char *folder;
    const int got = find_resume(run, &resume, &folder, err);
    bool good = got >= 0;

    if (got > 0) {
        good = (checkpoint_compare(json_object_get(resume, "options"), options, err) &&
                same_inputs(json_object_get(resume, "inputs"), inputs, err)) ||
               err_prefix(err, "%s/resume.json", folder);
        json_decref(resume);
    } else if (good && has_file(run, METADATA_FILE)) {
        good = err_set(err,
                       "'%s' holds a result, and neither a checkpoint nor a resume.json that says "
                       "which options made it: give another -o",
                       run);
    }
    mem_free(folder);
    return good;
}

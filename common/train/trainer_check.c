#include "train/checkpoints.h"
#include "train/trainer_parts.h"

#include "core/memory.h"

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

bool trainer_check(const char *run, const json_t *options, const json_t *inputs, struct err *err)
{
    json_t *resume;
    uint64_t step;
    bool good;

    if (!trainer_newest(run, &step, err)) return false;
    if (step == 0) return true;
    resume = checkpoint_resume(run, step, err);
    if (!resume) return false;
    good = checkpoint_compare(json_object_get(resume, "options"), options, err) &&
           same_inputs(json_object_get(resume, "inputs"), inputs, err);
    if (!good) err_prefix(err, "%s/checkpoint-%llu/resume.json", run, (unsigned long long)step);
    json_decref(resume);
    return good;
}

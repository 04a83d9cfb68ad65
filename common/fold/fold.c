#include "fold/fold.h"

#include "model/identity.h"
#include "run/metadata.h"

#include <string.h>

static bool open_adapters(struct fold *fold, struct err *err)
{
    const struct fold_wish *wish = fold->wish;

    fold->adapters = mem_zero(wish->count, sizeof *fold->adapters);
    fold->paths = mem_zero(wish->count, sizeof *fold->paths);
    for (size_t i = 0; i < wish->count; i++) {
        fold->paths[i] = wish->adapters[i].path;
        if (!patches_open(&fold->adapters[i], &fold->model.config, fold->paths[i],
                          wish->adapters[i].weight, err))
            return false;
        fold->opened++;
    }
    return true;
}

static const char *name_of(enum dtype dtype)
{
    return dtype == DTYPE_F32 ? "float32" : dtype == DTYPE_F16 ? "float16" : "bfloat16";
}

static bool make_plan(struct fold *fold, struct err *err)
{
    const struct fold_wish *wish = fold->wish;
    const struct plan_wish plan = {.same = wish->same,
                                   .dtype = wish->dtype,
                                   .shards = sink_is_folder(wish->output) && !wish->shard_bytes};

    if (!plan_make(&fold->plan, &fold->model, fold->adapters, wish->count, &plan, err))
        return false;
    fold->bytes = plan_bytes(&fold->plan);
    for (size_t i = 0; i < fold->plan.count; i++) fold->changed += fold->plan.items[i].changed;
    return true;
}

/* A folder is checked by what opens it. */
static bool check_output(const struct fold *fold, struct err *err)
{
    const char *output = fold->wish->output;

    for (size_t i = 0; i < fold->opened; i++)
        if (mapped_is_at(&fold->adapters[i].file.file, output))
            return err_set(err, "%s: holds weights of an adapter", output);
    return !model_is_at(&fold->model, output) ||
           err_set(err, "%s: holds weights of the base", output);
}

bool fold_open(struct fold *fold, const struct fold_wish *wish, struct err *err)
{
    struct small_sources sources = {.plan = &fold->plan, .model = wish->model};

    *fold = (struct fold){.wish = wish};
    if (!model_open(&fold->model, wish->model, err)) return false;
    if (open_adapters(fold, err) && check_output(fold, err) && make_plan(fold, err)) {
        sources.adapters = fold->paths;
        sources.dtype = wish->same || strcmp(fold->model.config.dtype, name_of(wish->dtype)) == 0
                            ? NULL
                            : name_of(wish->dtype);
        if (small_files_gather(&fold->files, &sources, err)) return true;
    }
    fold_close(fold);
    return false;
}

bool fold_run(struct fold *fold, struct team *team, void (*progress)(uint64_t done, uint64_t all),
              struct err *err)
{
    struct sink sink;
    struct pump pump = {.plan = &fold->plan, .sink = &sink, .team = team, .progress = progress};

    pump.rounding = fold->wish->rounding;
    if (!sink_open(&sink, fold->wish->output, &fold->plan, fold->wish->shard_bytes, &fold->files,
                   err))
        return false;
    if (pump_run(&pump, &fold->tally, err)) return sink_commit(&sink, &fold->files, err);
    sink_abandon(&sink);
    return false;
}

bool fold_is_of_base(const struct fold *fold, const char **other)
{
    char identity[MODEL_IDENTITY];
    struct err none;

    model_identity(&fold->model.weights, identity);
    for (size_t i = 0; i < fold->wish->count; i++) {
        *other = fold->paths[i];
        if (metadata_suits(*other, identity, &none) == 0) return false;
    }
    return true;
}

void fold_close(struct fold *fold)
{
    small_files_release(&fold->files);
    plan_release(&fold->plan);
    for (size_t i = 0; i < fold->opened; i++) patches_close(&fold->adapters[i]);
    mem_free(fold->adapters);
    mem_free((void *)fold->paths);
    model_close(&fold->model);
    *fold = (struct fold){0};
}

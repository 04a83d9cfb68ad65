#include "unit/folded.h"

#include "adapter/adapter.h"
#include "noise.h"
#include "unit/files.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *folded_golden(const char *format, ...)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    const char *root = getenv("SRC");
    const int len = snprintf(path, sizeof *paths, "%s/tests/golden/", root ? root : ".");
    va_list args;

    va_start(args, format);
    vsnprintf(path + len, sizeof *paths - (size_t)len, format, args);
    va_end(args);
    return path;
}

bool folded(const struct fold_wish *wish, size_t threads, struct fold_tally *tally, struct err *err)
{
    struct team *team;
    struct fold fold;
    bool good;

    if (!fold_open(&fold, wish, err)) return false;
    team = team_start(threads);
    good = fold_run(&fold, team, NULL, err);
    if (tally) *tally = fold.tally;
    team_stop(team);
    fold_close(&fold);
    return good;
}

static void die_of_err(const struct err *err)
{
    printf("Bail out! %s\n", err->text);
    exit(1);
}

const char *folded_adapter(const char *name, const char *model, const char *target, size_t rank)
{
    struct adapter_options options;
    struct adapter adapter;
    struct model opened;
    struct err err;

    if (!model_open(&opened, model, &err)) die_of_err(&err);
    adapter_options_init(&options);
    options.rank = rank;
    options.alpha = 2.0 * (double)rank;
    name_list_add(&options.targets.names, target);
    if (!adapter_init(&adapter, &opened.config, &options, 1, &err)) die_of_err(&err);
    noise(adapter.parameters.values, adapter.parameters.size, 7);
    if (!adapter_save(&adapter, files_path(name), &err)) die_of_err(&err);
    adapter_release(&adapter);
    adapter_options_release(&options);
    model_close(&opened);
    return files_path(name);
}

static uint64_t elements_of(const struct tensor *tensor)
{
    uint64_t count = 1;

    for (unsigned i = 0; i < tensor->rank; i++) count *= tensor->shape[i];
    return count;
}

static bool alike(const struct tensor *a, const struct tensor *b)
{
    return a && b && a->dtype == b->dtype && a->rank == b->rank &&
           memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0;
}

static double distance(const struct tensor *a, const struct tensor *b)
{
    const uint64_t count = elements_of(a);
    float *x = mem_alloc(count * sizeof *x), *y = mem_alloc(count * sizeof *y);
    double most = 0, largest = 0;

    dtype_info(a->dtype)->to_f32(a->at, x, count);
    dtype_info(b->dtype)->to_f32(b->at, y, count);
    for (uint64_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)x[i] - (double)y[i]));
        largest = fmax(largest, fabs((double)y[i]));
    }
    mem_free(x);
    mem_free(y);
    return largest > 0 ? most / largest : most;
}

static double compare(const struct safetensors *got, const struct safetensors *want,
                      const struct safetensors *base)
{
    double most = 0;

    for (size_t i = 0; i < got->header.count; i++) {
        const struct tensor *tensor = &got->header.tensors[i];
        const struct tensor *other = safetensors_find(want, tensor->name);

        if (!other && base) other = safetensors_find(base, tensor->name);
        if (!alike(tensor, other)) {
            printf("# '%.*s' is not as wanted\n", (int)tensor->name.len, tensor->name.at);
            return -1;
        }
        most = fmax(most, distance(tensor, other));
    }
    for (size_t i = 0; i < want->header.count; i++)
        if (!safetensors_find(got, want->header.tensors[i].name)) return -1;
    return !base || got->header.count >= base->header.count ? most : -1;
}

double folded_distance(const char *got, const char *want, const char *base)
{
    const char *const paths[3] = {got, want, base};
    struct safetensors files[3] = {0};
    struct err err;
    double most;

    for (int i = 0; i < 3; i++)
        if (paths[i] && !safetensors_open(&files[i], paths[i], &err)) die_of_err(&err);
    most = compare(&files[0], &files[1], base ? &files[2] : NULL);
    for (int i = 0; i < 3; i++) safetensors_close(&files[i]);
    return most;
}

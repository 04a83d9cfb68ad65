#include "base/base.h"

#include "base/base_cache.h"

#include <assert.h>

static size_t index_of(enum weight_role role, size_t layer)
{
    return (weight_per_layer(role) ? layer * WEIGHT_ROLES : 0) + role;
}

static void take_stored(struct base *base)
{
    const struct weights *weights = &base->model->weights;

    base->matrices = mem_zero(weights->layers * WEIGHT_ROLES, sizeof *base->matrices);
    for (size_t i = 0; i < weights->layers * WEIGHT_ROLES; i++)
        if (weights->items[i].tensor) base->matrices[i] = weight_matrix(&weights->items[i]);
}

static void list_linears(struct base *base)
{
    const struct weights *weights = &base->model->weights;

    base->linears = mem_zero(weights->layers * WEIGHT_LINEARS, sizeof *base->linears);
    for (size_t layer = 0; layer < weights->layers; layer++)
        for (size_t i = 0; i < WEIGHT_LINEARS; i++)
            base->linears[base->count++] =
                (struct linear){.model = base->model->place.path,
                                .weight = weights_at(weights, weight_linears[i], layer),
                                .role = weight_linears[i],
                                .layer = layer};
}

static bool quantise_in_memory(struct base *base, enum matrix_form form, struct team *team,
                               struct err *err)
{
    for (size_t i = 0; i < base->count; i++)
        if (!linear_quantise(&base->linears[i], form, team, err)) return false;
    return true;
}

static bool quantise_by_cache(struct base *base, enum matrix_form form, const char *folder,
                              struct team *team, struct err *err)
{
    char identity[BASE_IDENTITY], *path;
    bool good;

    base_cache_identity(base->linears, base->count, form, identity);
    path = base_cache_path(folder, form, identity);
    good = base_cache_load(&base->cache, path, base->linears, base->count, form, identity);
    if (!good && base_cache_write(path, base->linears, base->count, form, identity, team, err))
        good = base_cache_load(&base->cache, path, base->linears, base->count, form, identity) ||
               err_set(err, "%s: not what was just written", path);
    mem_free(path);
    return good;
}

bool base_open(struct base *base, const struct model *model, unsigned bits, const char *cache,
               struct team *team, struct err *err)
{
    const enum matrix_form form = bits == 8 ? MATRIX_INT8 : MATRIX_NF4;

    assert(bits == 16 || bits == 8 || bits == 4);
    *base = (struct base){.model = model};
    take_stored(base);
    if (bits == 16) return true;
    list_linears(base);
    if (!(cache ? quantise_by_cache(base, form, cache, team, err)
                : quantise_in_memory(base, form, team, err))) {
        base_close(base);
        return false;
    }
    for (size_t i = 0; i < base->count; i++)
        base->matrices[index_of(base->linears[i].role, base->linears[i].layer)] =
            quantised_matrix(&base->linears[i].parts);
    return true;
}

const struct matrix *base_matrix(const struct base *base, enum weight_role role, size_t layer)
{
    const struct matrix *matrix = &base->matrices[index_of(role, layer)];

    assert(layer < base->model->weights.layers);
    return matrix->at ? matrix : NULL;
}

void base_close(struct base *base)
{
    for (size_t i = 0; i < base->count; i++) {
        if (base->cache.file.at)
            base->linears[i].parts.codes = base->linears[i].parts.absmax = NULL;
        quantised_release(&base->linears[i].parts);
    }
    mem_free(base->linears);
    mem_free(base->matrices);
    safetensors_close(&base->cache);
    *base = (struct base){0};
}

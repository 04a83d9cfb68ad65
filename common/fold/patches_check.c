#include "fold/patches_check.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct check {
    struct patches *patches;
    const struct config *config;
    const struct target *targets;
    struct err *err;
};

/* One weight of the model. */
struct spot {
    struct patch *patch;
    enum weight_role role;
    size_t layer;
    uint64_t rows, columns; /* of the weight; a vector has one column */
    bool vector;
    char name[WEIGHT_NAME];
};

static struct spot spot_of(const struct check *check, enum weight_role role, size_t layer)
{
    struct spot spot = {
        .patch = &check->patches->items[layer * WEIGHT_ROLES + role], .role = role, .layer = layer};
    uint64_t shape[2];

    spot.vector = weight_shape(role, check->config, shape) == 1;
    spot.rows = shape[0];
    spot.columns = spot.vector ? 1 : shape[1];
    weight_name(role, WEIGHT_HF, layer, spot.name);
    return spot;
}

static const struct target *target_of(const struct check *check, const struct spot *spot)
{
    const struct target *others = check->targets + check->config->layers * (size_t)WEIGHT_LINEARS;

    if (spot->role == WEIGHT_EMBEDDING) return &others[0];
    if (spot->role == WEIGHT_HEAD) return &others[1];
    for (size_t i = 0; i < WEIGHT_LINEARS; i++)
        if (weight_linears[i] == spot->role || weight_bias(weight_linears[i]) == spot->role)
            return &check->targets[spot->layer * WEIGHT_LINEARS + i];
    return NULL;
}

/* NULL fits; columns 0: a vector. */
static bool fits(const struct check *check, const struct tensor *tensor, uint64_t rows,
                 uint64_t columns)
{
    char shape[64];

    if (!tensor) return true;
    if (columns == 0) {
        if (tensor->rank == 1 && tensor->shape[0] == rows) return true;
        snprintf(shape, sizeof shape, "[%llu]", (unsigned long long)rows);
    } else {
        if (tensor->rank == 2 && tensor->shape[0] == rows && tensor->shape[1] == columns)
            return true;
        snprintf(shape, sizeof shape, "[%llu, %llu]", (unsigned long long)rows,
                 (unsigned long long)columns);
    }
    return err_set(check->err, "%s: '%.*s' is not %s, as the model and 'adapter_config.json' say",
                   check->patches->file.file.path, PATCHES_SHOWN(tensor->name), shape);
}

static bool need(const struct check *check, const struct tensor *tensor, const struct spot *spot,
                 const char *what)
{
    return tensor || err_set(check->err, "%s: there is no %s for '%s'",
                             check->patches->file.file.path, what, spot->name);
}

/* What must not be there. */
static bool spare(const struct check *check, const struct tensor *tensor, const char *why)
{
    return !tensor || err_set(check->err, "%s: '%.*s' is there, but %s",
                              check->patches->file.file.path, PATCHES_SHOWN(tensor->name), why);
}

/* PEFT compares the ends of modules' names, of a module around it, too. */
bool patches_saved(const struct adapter_options *options, const char *weight)
{
    for (const char *end = strrchr(weight, '.'); end;
         end = memrchr(weight, '.', (size_t)(end - weight)))
        for (size_t i = 0; i < options->saved.count; i++) {
            const char *name = options->saved.items[i];
            const size_t len = strlen(name);

            if ((size_t)(end - weight) >= len && memcmp(end - len, name, len) == 0) return true;
        }
    return false;
}

/* Was this bias of a layer trained, too? */
static bool bias_promised(const struct adapter_options *options, const struct target *target)
{
    return options->bias == ADAPTER_BIAS_ALL ||
           (options->bias == ADAPTER_BIAS_LORA_ONLY && target->rank > 0);
}

static bool check_whole(const struct check *check, const struct spot *spot)
{
    const struct adapter_options *options = &check->patches->options;
    const struct target *target = target_of(check, spot);
    const bool embedding = spot->role == WEIGHT_EMBEDDING || spot->role == WEIGHT_HEAD;
    const bool bias = spot->vector && target != NULL;
    const bool saved = patches_saved(options, spot->name);
    const bool promised = bias && bias_promised(options, target);

    if (saved &&
        !need(check, spot->patch->whole, spot, "tensor, which 'modules_to_save' promises,"))
        return false;
    if (promised && !need(check, spot->patch->whole, spot, "tensor, which 'bias' promises,"))
        return false;
    if (!embedding && !saved && !promised)
        return spare(check, spot->patch->whole,
                     bias ? "'bias' does not say so" : "'modules_to_save' does not name it");
    if (spot->patch->whole && check->patches->weight != 1)
        return err_set(check->err,
                       "%s: '%.*s' stands in the place of a weight: such an adapter has no part of "
                       "%g",
                       check->patches->file.file.path, PATCHES_SHOWN(spot->patch->whole->name),
                       check->patches->weight);
    return fits(check, spot->patch->whole, spot->rows, spot->vector ? 0 : spot->columns);
}

static float scale_of(const struct check *check, const struct target *target)
{
    const double rank = (double)target->rank;
    const double scale = target->alpha / (check->patches->options.rslora ? sqrt(rank) : rank);

    return (float)(scale * check->patches->weight);
}

static bool check_dora(const struct check *check, const struct spot *spot)
{
    struct patches *patches = check->patches;

    if (!patches->options.dora)
        return spare(check, spot->patch->magnitude, "'use_dora' does not say so");
    if (spot->role == WEIGHT_EMBEDDING)
        return err_set(check->err, "%s: 'use_dora' on the embedding is not implemented",
                       patches->file.file.path);
    if (patches->weight != 1)
        return err_set(check->err, "%s: an adapter with 'use_dora' has no part of %g",
                       patches->file.file.path, patches->weight);
    return need(check, spot->patch->magnitude, spot, "magnitude") &&
           fits(check, spot->patch->magnitude, spot->rows, 0);
}

static bool check_matrix(const struct check *check, const struct spot *spot)
{
    static const char unasked[] = "'target_modules' does not say so";
    const struct target *target = target_of(check, spot);
    struct patch *patch = spot->patch;

    if (!target || target->rank == 0)
        return spare(check, patch->a, unasked) && spare(check, patch->b, unasked) &&
               spare(check, patch->magnitude, unasked);
    if (!need(check, patch->a, spot, "A") || !need(check, patch->b, spot, "B")) return false;
    patch->scale = scale_of(check, target);
    if (spot->role == WEIGHT_EMBEDDING)
        return fits(check, patch->a, target->rank, spot->rows) &&
               fits(check, patch->b, spot->columns, target->rank) && check_dora(check, spot);
    return fits(check, patch->a, target->rank, spot->columns) &&
           fits(check, patch->b, spot->rows, target->rank) && check_dora(check, spot);
}

static bool check_bias(const struct check *check, const struct spot *spot)
{
    const struct target *target = target_of(check, spot);

    if (!target || target->rank == 0 || !check->patches->options.lora_bias)
        return spare(check, spot->patch->addend, "'lora_bias' does not say so");
    spot->patch->scale = scale_of(check, target);
    return need(check, spot->patch->addend, spot, "bias of B") &&
           fits(check, spot->patch->addend, spot->rows, 0);
}

/* Biases of B, where the base has none to which they could be added. */
static bool check_biasless(const struct check *check, const struct spot *spot)
{
    const struct target *target = target_of(check, spot);
    bool has = false;

    if (!check->patches->options.lora_bias || !target || target->rank == 0) return true;
    for (size_t i = 0; i < WEIGHT_LINEARS; i++)
        has = has || (weight_linears[i] == spot->role &&
                      weight_present(weight_bias(spot->role), check->config));
    return has || spot->role == WEIGHT_EMBEDDING ||
           err_set(check->err, "%s: 'lora_bias' cannot be folded: '%.*s' of the model has no bias",
                   check->patches->file.file.path, (int)(strrchr(spot->name, '.') - spot->name),
                   spot->name);
}

static bool check_spot(const struct check *check, const struct spot *spot)
{
    if (spot->vector) return check_whole(check, spot) && check_bias(check, spot);
    return check_biasless(check, spot) && check_whole(check, spot) && check_matrix(check, spot);
}

/* Where the output follows the embedding, tensors of its own only repeat the embedding's. Where
 * neither of them was trained, the copies that PEFT puts beside an adapter are no reason for them
 * to come apart. */
static void settle_head(const struct check *check)
{
    const struct adapter_options *options = &check->patches->options;
    const struct spot head = spot_of(check, WEIGHT_HEAD, 0);
    const struct spot embedding = spot_of(check, WEIGHT_EMBEDDING, 0);
    const bool trained = target_of(check, &head)->rank || target_of(check, &embedding)->rank ||
                         patches_saved(options, head.name) ||
                         patches_saved(options, embedding.name);

    if (check->config->tied && (options->tied || !trained)) *head.patch = (struct patch){0};
}

static bool follows(const struct check *check, enum weight_role role)
{
    return role == WEIGHT_HEAD && check->config->tied && check->patches->options.tied;
}

bool patches_check(struct patches *patches, const struct config *config,
                   const struct target *targets, struct err *err)
{
    const struct check check = {patches, config, targets, err};

    settle_head(&check);
    for (int i = 0; i < WEIGHT_ROLES; i++) {
        const enum weight_role role = (enum weight_role)i;
        const size_t layers = weight_per_layer(role) ? config->layers : 1;

        if ((!weight_present(role, config) && role != WEIGHT_HEAD) || follows(&check, role))
            continue;
        for (size_t layer = 0; layer < layers; layer++) {
            const struct spot spot = spot_of(&check, role, layer);

            if (!check_spot(&check, &spot)) return false;
        }
    }
    return true;
}

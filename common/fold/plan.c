#include "fold/plan.h"

static const struct patch *patch_of(const struct plan *plan, size_t adapter, enum weight_role role,
                                    size_t layer)
{
    return patches_at(&plan->adapters[adapter], role, layer);
}

/* Does an adapter do something to the embedding or to the output that it does not do to the other?
 * A copy of an embedding that was not trained is nothing. */
static bool parts_them(const struct patches *patches)
{
    const struct patch *embedding = patches_at(patches, WEIGHT_EMBEDDING, 0);

    if (!patch_is_empty(patches_at(patches, WEIGHT_HEAD, 0)) || embedding->a) return true;
    return embedding->whole && patches_saved(&patches->options, "model.embed_tokens.weight");
}

/* The output of a tied model stays tied where all that is done to the embedding is done to it. */
static bool find_tie(struct plan *plan, struct err *err)
{
    bool apart = false, together = false;

    plan->tied = plan->model->config.tied;
    for (size_t i = 0; plan->tied && i < plan->adapter_count; i++) {
        const struct patches *patches = &plan->adapters[i];

        if (!parts_them(patches)) continue;
        together = together || patches->options.tied;
        apart = apart || !patches->options.tied;
    }
    if (apart && together)
        return err_set(err, "one adapter ties the output to the embedding, and another one takes "
                            "them apart: fold them one after the other");
    if (apart) plan->tied = false;
    return true;
}

/* Is the tensor that stands in a weight's place one that was trained? */
static bool is_trained(const struct patches *patches, const struct patch *patch, const char *name)
{
    return patch->whole && (patch->whole->rank == 1 || patches_saved(&patches->options, name));
}

static bool check_weight(const struct plan *plan, const struct plan_item *item, struct err *err)
{
    size_t terms = 0, wholes = 0, trained = 0, rows = 0;
    char name[WEIGHT_NAME];

    weight_name(item->role, WEIGHT_HF, item->layer, name);
    for (size_t i = 0; i < plan->adapter_count; i++) {
        const struct patch *patch = patch_of(plan, i, item->role, item->layer);

        terms += patch->a || patch->addend;
        rows += patch->magnitude != NULL;
        wholes += patch->whole != NULL;
        trained += is_trained(&plan->adapters[i], patch, name);
    }
    if (rows && terms > 1)
        return err_set(err, "'%s': an adapter with 'use_dora' can only be folded alone", name);
    if (trained && wholes > 1)
        return err_set(err, "'%s': two adapters hold a tensor that stands in its place", name);
    return true;
}

static struct matrix matrix_of(const struct tensor *tensor)
{
    return weight_matrix(&(struct weight){.tensor = tensor});
}

/* The last tensor that an adapter holds in the weight's place, else the base's. */
static void find_source(const struct plan *plan, struct plan_item *item)
{
    const struct weight *weight = weights_at(&plan->model->weights, item->role, item->layer);

    item->source = weight_matrix(weight);
    for (size_t i = 0; i < plan->adapter_count; i++) {
        const struct patch *patch = patch_of(plan, i, item->role, item->layer);

        if (patch->whole) item->source = matrix_of(patch->whole);
        item->changed = item->changed || !patch_is_empty(patch);
    }
}

static enum dtype written_as(enum dtype stored)
{
    switch (stored) {
    case DTYPE_F64: return DTYPE_F32;
    case DTYPE_F32:
    case DTYPE_F16: return stored;
    default: return DTYPE_BF16;
    }
}

static bool add(struct plan *plan, enum weight_role role, size_t layer, size_t shard,
                struct err *err)
{
    const struct weight *weight = weights_at(&plan->model->weights, role, layer);
    struct plan_item item = {
        .role = role, .layer = layer, .dtype = written_as(weight->tensor->dtype), .shard = shard};

    find_source(plan, &item);
    plan->items = mem_room(plan->items, plan->count, &plan->room, sizeof *plan->items);
    plan->items[plan->count++] = item;
    return check_weight(plan, &item, err);
}

static bool add_file(struct plan *plan, const struct st_header *header, size_t shard,
                     struct err *err)
{
    for (size_t i = 0; i < header->count; i++) {
        enum weight_role role;
        size_t layer;

        if (!weight_of_name(header->tensors[i].name, WEIGHT_HF, &role, &layer)) continue;
        if (role == WEIGHT_HEAD && plan->model->config.tied) continue;
        if (!add(plan, role, layer, shard, err)) return false;
    }
    return true;
}

static bool add_layers(struct plan *plan, struct err *err)
{
    const struct config *config = &plan->model->config;

    for (size_t layer = 0; layer < config->layers; layer++)
        for (int i = 0; i < WEIGHT_ROLES; i++) {
            const enum weight_role role = (enum weight_role)i;

            if (weight_per_layer(role) && weight_present(role, config) &&
                !add(plan, role, layer, 0, err))
                return false;
        }
    return true;
}

static bool add_all(struct plan *plan, struct err *err)
{
    const struct shards *shards = &plan->model->shards;
    const bool tied = plan->model->config.tied;

    plan->shards = shards->file_count ? shards->file_count : 1;
    for (size_t i = 0; i < shards->file_count; i++)
        if (!add_file(plan, &shards->files[i].header, i, err)) return false;
    if (!shards->file_count &&
        !(add(plan, WEIGHT_EMBEDDING, 0, 0, err) && add_layers(plan, err) &&
          add(plan, WEIGHT_FINAL_NORM, 0, 0, err) && (tied || add(plan, WEIGHT_HEAD, 0, 0, err))))
        return false;
    return plan->tied == tied || add(plan, WEIGHT_HEAD, 0, plan->shards - 1, err);
}

/* By shards, and in these the wider formats first; else the order stays. */
static void sort(struct plan *plan)
{
    struct plan_item *sorted = mem_alloc(mem_product(plan->count, sizeof *sorted));
    size_t count = 0;

    for (size_t shard = 0; shard < plan->shards; shard++)
        for (unsigned bytes = 4; bytes >= 2; bytes -= 2)
            for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].shard == shard &&
                    dtype_info(plan->items[i].dtype)->bytes == bytes)
                    sorted[count++] = plan->items[i];
    mem_free(plan->items);
    plan->items = sorted;
    plan->room = count;
}

bool plan_make(struct plan *plan, const struct model *model, const struct patches *adapters,
               size_t adapter_count, const struct plan_wish *wish, struct err *err)
{
    *plan = (struct plan){.model = model, .adapters = adapters, .adapter_count = adapter_count};
    if (!find_tie(plan, err) || !add_all(plan, err)) {
        plan_release(plan);
        return false;
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (!wish->same) plan->items[i].dtype = wish->dtype;
        if (!wish->shards) plan->items[i].shard = 0;
    }
    if (!wish->shards) plan->shards = 1;
    sort(plan);
    return true;
}

void plan_release(struct plan *plan)
{
    mem_free(plan->items);
    *plan = (struct plan){0};
}

struct tensor plan_tensor(const struct plan *plan, size_t item, char name[WEIGHT_NAME])
{
    const struct plan_item *at = &plan->items[item];
    struct tensor tensor = {.dtype = at->dtype};

    weight_name(at->role, WEIGHT_HF, at->layer, name);
    tensor.name = text_of(name);
    tensor.rank = weight_shape(at->role, &plan->model->config, tensor.shape);
    return tensor;
}

uint64_t plan_bytes(const struct plan *plan)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < plan->count; i++)
        bytes += plan->items[i].source.rows * plan->items[i].source.cols *
                 dtype_info(plan->items[i].dtype)->bytes;
    return bytes;
}

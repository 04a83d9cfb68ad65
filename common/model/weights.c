#include "model/weights.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* Either kind of file. */
struct source {
    const struct shards *shards; /* or */
    const struct gguf *gguf;
    const char *path;
    enum weight_naming naming;
};

static const struct tensor *find(const struct source *source, const char *name)
{
    return source->shards ? shards_find(source->shards, text_of(name))
                          : gguf_tensor(source->gguf, name);
}

static void write_shape(unsigned rank, const uint64_t *shape, char *out, size_t room)
{
    size_t len = (size_t)snprintf(out, room, "[");

    for (unsigned i = 0; i < rank && len < room; i++)
        len += (size_t)snprintf(out + len, room - len, "%s%" PRIu64, i ? ", " : "", shape[i]);
    if (len < room) snprintf(out + len, room - len, "]");
}

static bool check(const struct source *source, const char *name, const struct tensor *tensor,
                  enum weight_role role, const struct config *config, struct err *err)
{
    const struct dtype_info *info = dtype_info(tensor->dtype);
    uint64_t shape[2];
    const unsigned rank = weight_shape(role, config, shape);
    char found[TENSOR_RANK * 22 + 3], wanted[2 * 22 + 3];

    if (tensor->rank != rank || tensor->shape[0] != shape[0] ||
        (rank == 2 && tensor->shape[1] != shape[1])) {
        write_shape(tensor->rank, tensor->shape, found, sizeof found);
        write_shape(rank, shape, wanted, sizeof wanted);
        return err_set(err, "%s: '%s' has the shape %s, not %s", source->path, name, found, wanted);
    }
    if (!info->weights || (rank == 1 && info->elements > 1))
        return err_set(err, "%s: '%s' is in %s, which cannot hold it", source->path, name,
                       info->name);
    return true;
}

static bool load_one(struct weights *weights, const struct source *source, enum weight_role role,
                     size_t layer, const struct config *config, struct err *err)
{
    struct weight *weight = &weights->items[layer * WEIGHT_ROLES + role];
    char name[WEIGHT_NAME];

    weight_name(role, source->naming, layer, name);
    weight->tensor = find(source, name);
    if (!weight->tensor)
        return err_set(err, "%s: '%s' is missing%s", source->path, name,
                       role == WEIGHT_HEAD
                           ? ", and no 'tie_word_embeddings' puts the embedding in its place"
                           : "");
    if (source->gguf) weight->heads_permuted = weight_heads_permuted(role, config);
    return check(source, name, weight->tensor, role, config, err);
}

static bool load_role(struct weights *weights, const struct source *source, enum weight_role role,
                      const struct config *config, struct err *err)
{
    const size_t layers = weight_per_layer(role) ? config->layers : 1;

    if (!weight_present(role, config)) return true;
    for (size_t layer = 0; layer < layers; layer++)
        if (!load_one(weights, source, role, layer, config, err)) return false;
    return true;
}

/* May a tensor of this name stand in the file? */
static bool is_known(struct text name, enum weight_naming naming, const struct config *config)
{
    enum weight_role role;
    size_t layer;

    if (!weight_of_name(name, naming, &role, &layer)) return weight_is_derived(name, naming);
    if (role == WEIGHT_HEAD) return true;
    return weight_present(role, config) && (!weight_per_layer(role) || layer < config->layers);
}

static bool check_leftovers(const struct source *source, const struct config *config,
                            struct err *err)
{
    const size_t count = source->shards ? source->shards->count : source->gguf->tensor_count;

    for (size_t i = 0; i < count; i++) {
        const struct text name =
            source->shards ? source->shards->tensors[i]->name : source->gguf->tensors[i].name;

        if (!is_known(name, source->naming, config))
            return err_set(err, "%s: '%.*s' is no weight of a %s model like this", source->path,
                           GGUF_SHOWN(name), family_info(config->family)->name);
    }
    return true;
}

static bool load(struct weights *weights, const struct source *source, const struct config *config,
                 struct err *err)
{
    bool good = true;

    weights->items = mem_zero((size_t)config->layers * WEIGHT_ROLES, sizeof *weights->items);
    weights->layers = config->layers;
    for (int role = 0; good && role < WEIGHT_ROLES; role++)
        good = load_role(weights, source, (enum weight_role)role, config, err);
    good = good && check_leftovers(source, config, err);
    if (good && config->tied) weights->items[WEIGHT_HEAD] = weights->items[WEIGHT_EMBEDDING];
    if (!good) weights_release(weights);
    return good;
}

bool weights_from_shards(struct weights *weights, const struct config *config,
                         const struct shards *shards, const char *path, struct err *err)
{
    return load(weights, &(struct source){shards, NULL, path, WEIGHT_HF}, config, err);
}

bool weights_from_gguf(struct weights *weights, const struct config *config,
                       const struct gguf *gguf, const char *path, struct err *err)
{
    return load(weights, &(struct source){NULL, gguf, path, WEIGHT_GGUF}, config, err);
}

void weights_release(struct weights *weights)
{
    mem_free(weights->items);
    *weights = (struct weights){0};
}

const struct weight *weights_at(const struct weights *weights, enum weight_role role, size_t layer)
{
    assert(layer < weights->layers);
    return &weights->items[(weight_per_layer(role) ? layer * WEIGHT_ROLES : 0) + role];
}

struct matrix weight_matrix(const struct weight *weight)
{
    const struct tensor *tensor = weight->tensor;

    return (struct matrix){.dtype = tensor->dtype,
                           .rows = tensor->shape[0],
                           .cols = tensor->rank == 2 ? tensor->shape[1] : 1,
                           .at = tensor->at,
                           .stride = tensor->bytes / tensor->shape[0],
                           .heads_permuted = weight->heads_permuted};
}

const unsigned char *weight_row(const struct weight *weight, uint64_t row)
{
    const struct matrix matrix = weight_matrix(weight);

    return matrix_row(&matrix, row);
}

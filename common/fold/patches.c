#include "fold/patches.h"

#include "adapter/adapter_files.h"
#include "adapter/targets.h"
#include "fold/patches_check.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = "base_model.model.";

/* How the names of tensors end behind that of their module. */
enum part { PART_A, PART_B, PART_ADDEND, PART_MAGNITUDE, PART_WHOLE };

static const struct ending {
    const char *text, *weight; /* the module's weight that it belongs to */
    enum part part;
    bool embedding; /* of the embedding alone; else of linear layers alone, unless it is whole */
} endings[] = {
    {".lora_A.weight", ".weight", PART_A, false},
    {".lora_B.weight", ".weight", PART_B, false},
    {".lora_B.bias", ".bias", PART_ADDEND, false},
    {".lora_embedding_A", ".weight", PART_A, true},
    {".lora_embedding_B", ".weight", PART_B, true},
    {".lora_magnitude_vector.weight", ".weight", PART_MAGNITUDE, false},
    {".lora_magnitude_vector", ".weight", PART_MAGNITUDE, false},
    {".base_layer.weight", ".weight", PART_WHOLE, false},
    {".base_layer.bias", ".bias", PART_WHOLE, false},
    {".weight", ".weight", PART_WHOLE, false},
    {".bias", ".bias", PART_WHOLE, false},
};

static bool ends_with(struct text name, const char *ending)
{
    const size_t len = strlen(ending);

    return name.len > len && memcmp(name.at + name.len - len, ending, len) == 0;
}

static bool is_linear(enum weight_role role)
{
    for (size_t i = 0; i < WEIGHT_LINEARS; i++)
        if (weight_linears[i] == role || weight_bias(weight_linears[i]) == role) return true;
    return role == WEIGHT_HEAD;
}

/* A tied model has an output, too, which may come apart from the embedding. */
static bool is_there(enum weight_role role, size_t layer, const struct config *config)
{
    if (role == WEIGHT_HEAD) return true;
    return weight_present(role, config) && (!weight_per_layer(role) || layer < config->layers);
}

/* Has a weight of this role such a part? */
static bool may_have(enum weight_role role, const struct ending *ending)
{
    const bool embedding = role == WEIGHT_EMBEDDING;

    if (ending->part == PART_WHOLE) return true;
    if (ending->part == PART_MAGNITUDE && embedding) return true;
    return ending->embedding == embedding && (embedding || is_linear(role));
}

/* The weight that a tensor belongs to, and as what; NULL: none. */
static const struct ending *find_place(struct text name, const struct config *config,
                                       enum weight_role *role, size_t *layer)
{
    const size_t before = sizeof prefix - 1;
    const struct ending *ending = endings, *end = endings + sizeof endings / sizeof *endings;
    char weight[WEIGHT_NAME + 8];
    size_t len;

    if (name.len <= before || memcmp(name.at, prefix, before) != 0) return NULL;
    name = (struct text){name.at + before, name.len - before};
    while (ending < end && !ends_with(name, ending->text)) ending++;
    if (ending == end) return NULL;
    len = name.len - strlen(ending->text);
    if (len > WEIGHT_NAME) return NULL;
    snprintf(weight, sizeof weight, "%.*s%s", (int)len, name.at, ending->weight);
    if (!weight_of_name(text_of(weight), WEIGHT_HF, role, layer)) return NULL;
    return may_have(*role, ending) && is_there(*role, *layer, config) ? ending : NULL;
}

static const struct tensor **part_of(struct patch *patch, enum part part)
{
    switch (part) {
    case PART_A: return &patch->a;
    case PART_B: return &patch->b;
    case PART_ADDEND: return &patch->addend;
    case PART_MAGNITUDE: return &patch->magnitude;
    case PART_WHOLE: break;
    }
    return &patch->whole;
}

static bool place_tensor(struct patches *patches, const struct tensor *tensor,
                         const struct config *config, struct err *err)
{
    enum weight_role role;
    size_t layer;
    const struct ending *ending = find_place(tensor->name, config, &role, &layer);
    const struct tensor **place;

    if (!ending)
        return err_set(err, "%s: '%.*s' is nothing that can be folded into this model",
                       patches->file.file.path, PATCHES_SHOWN(tensor->name));
    if (tensor->dtype != DTYPE_F32 && tensor->dtype != DTYPE_F16 && tensor->dtype != DTYPE_BF16)
        return err_set(err, "%s: '%.*s' is %s, not F32, F16 or BF16", patches->file.file.path,
                       PATCHES_SHOWN(tensor->name), dtype_info(tensor->dtype)->name);
    place = part_of(&patches->items[layer * WEIGHT_ROLES + role], ending->part);
    if (*place)
        return err_set(err, "%s: '%.*s' and '%.*s' are the same", patches->file.file.path,
                       PATCHES_SHOWN((*place)->name), PATCHES_SHOWN(tensor->name));
    *place = tensor;
    return true;
}

static bool place_all(struct patches *patches, const struct config *config, struct err *err)
{
    const struct st_header *header = &patches->file.header;

    patches->layers = config->layers;
    patches->items = mem_zero((size_t)config->layers * WEIGHT_ROLES, sizeof *patches->items);
    for (size_t i = 0; i < header->count; i++)
        if (!place_tensor(patches, &header->tensors[i], config, err)) return false;
    return true;
}

static bool open_files(struct patches *patches, const char *path, struct err *err)
{
    struct root root;
    bool good;

    if (!root_open(&root, path, err)) return false;
    good = adapter_files_options(&patches->options, &root, err) &&
           adapter_files_weights(&patches->file, &root, err);
    root_close(&root);
    return good;
}

static bool settle(struct patches *patches, const struct config *config, const char *path,
                   struct err *err)
{
    const size_t count = config->layers * (size_t)WEIGHT_LINEARS + TARGETS_OTHERS;
    struct target *targets = mem_zero(count, sizeof *targets);
    bool good = targets_find_all(targets, &patches->options, config, err) ||
                err_prefix(err, "%s/adapter_config.json", path);

    good = good && place_all(patches, config, err) && patches_check(patches, config, targets, err);
    mem_free(targets);
    return good;
}

bool patches_open(struct patches *patches, const struct config *config, const char *path,
                  double weight, struct err *err)
{
    *patches = (struct patches){.weight = weight};
    if (open_files(patches, path, err) && settle(patches, config, path, err)) return true;
    patches_close(patches);
    return false;
}

void patches_close(struct patches *patches)
{
    adapter_options_release(&patches->options);
    safetensors_close(&patches->file);
    mem_free(patches->items);
    *patches = (struct patches){0};
}

const struct patch *patches_at(const struct patches *patches, enum weight_role role, size_t layer)
{
    return &patches->items[(weight_per_layer(role) ? layer * WEIGHT_ROLES : 0) + role];
}

bool patch_is_empty(const struct patch *patch)
{
    return !patch->whole && !patch->a && !patch->addend;
}

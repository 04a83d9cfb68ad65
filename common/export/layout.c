#include "export/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct layout *layout, struct slot slot)
{
    uint64_t elements = 1;

    for (unsigned i = 0; i < slot.rank; i++) elements *= slot.shape[i];
    layout->parameters += elements;
    layout->slots[layout->count++] = slot;
}

/* Only this kind of rope has a tensor, and only llama.cpp's llama reads it. */
static bool add_factors(struct layout *layout, const struct origin *origin, struct err *err)
{
    const struct config *config = &origin->model.config;
    struct slot slot = {.name = "rope_freqs.weight", .rank = 1, .shape = {config->head_dim / 2}};

    if (config->rope.kind != ROPE_LLAMA3) return true;
    if (!family_info(config->family)->interleaved)
        return err_set(err, "%s: no GGUF file of a %s model can say that its 'rope_type' is llama3",
                       origin->path, family_info(config->family)->name);
    add(layout, slot);
    return true;
}

/* What is computed anew, and an output beside a tied one, is left out. */
static void add_weight(struct layout *layout, const struct origin *origin,
                       const struct tensor *tensor)
{
    const struct config *config = &origin->model.config;
    struct slot slot = {.source = tensor, .rank = tensor->rank};
    enum weight_role role;
    size_t layer;

    if (!weight_of_name(tensor->name, WEIGHT_HF, &role, &layer)) return;
    if (!weight_present(role, config)) return;
    weight_name(role, WEIGHT_GGUF, layer, slot.name);
    memcpy(slot.shape, tensor->shape, sizeof slot.shape);
    slot.heads = weight_heads_permuted(role, config);
    add(layout, slot);
}

static bool add_gguf(struct layout *layout, const struct origin *origin,
                     const struct tensor *tensor, struct err *err)
{
    struct slot slot = {.source = tensor, .rank = tensor->rank};

    if (tensor->rank > 2 || dtype_info(tensor->dtype)->elements > 1)
        return err_set(err,
                       "%s: '%.*s' is in %s: what was rounded once is not rounded again, take the "
                       "file it was made from",
                       origin->path, GGUF_SHOWN(tensor->name), dtype_info(tensor->dtype)->name);
    snprintf(slot.name, sizeof slot.name, "%.*s", (int)tensor->name.len, tensor->name.at);
    memcpy(slot.shape, tensor->shape, sizeof slot.shape);
    add(layout, slot);
    return true;
}

bool layout_make(struct layout *layout, const struct origin *origin, struct err *err)
{
    bool good = true;

    *layout = (struct layout){.slots = mem_zero(origin->count + 1, sizeof *layout->slots)};
    if (!origin->has_gguf) good = add_factors(layout, origin, err);
    for (size_t i = 0; good && i < origin->count; i++)
        if (origin->has_gguf)
            good = add_gguf(layout, origin, origin->tensors[i], err);
        else
            add_weight(layout, origin, origin->tensors[i]);
    if (!good) layout_release(layout);
    return good;
}

static bool ends_with(const char *name, const char *end)
{
    const size_t len = strlen(name), tail = strlen(end);

    return len >= tail && strcmp(name + len - tail, end) == 0;
}

static bool is_packed(const struct slot *slot)
{
    return slot->rank == 2 && ends_with(slot->name, ".weight") &&
           !ends_with(slot->name, "_norm.weight");
}

void layout_convert(struct layout *layout, enum dtype dtype)
{
    for (size_t i = 0; i < layout->count; i++) {
        struct slot *slot = &layout->slots[i];

        slot->dtype = DTYPE_F32;
        if (is_packed(slot))
            slot->dtype = slot->shape[1] % dtype_info(dtype)->elements ? DTYPE_F16 : dtype;
    }
}

/* Those of no layer come first. */
static long layer_of(const char *name)
{
    return strncmp(name, "blk.", 4) == 0 ? strtol(name + 4, NULL, 10) : -1;
}

static int by_layer(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    const long left = layer_of(x->name), right = layer_of(y->name);

    return left != right ? (left > right) - (left < right) : strcmp(x->name, y->name);
}

static struct mix_tensor mix_tensor(const struct slot *slot, bool has_gguf)
{
    const bool matrix = slot->rank == 2;

    return (struct mix_tensor){.name = text_of(slot->name),
                               .cols = slot->shape[matrix ? 1 : 0],
                               .rows = matrix ? slot->shape[0] : 1,
                               .dtype = has_gguf ? slot->source->dtype : DTYPE_F32};
}

/* What keeps its format is copied, whatever the matrix holds. Two bits without an importance are
 * too few, but for the embedding. */
static bool find_importance(struct layout *layout, const struct imatrix *imatrix,
                            const struct mix_tensor *before, bool needed, struct err *err)
{
    for (size_t i = 0; i < layout->count; i++) {
        struct slot *slot = &layout->slots[i];
        int got;

        if (slot->dtype == before[i].dtype) continue;
        got = imatrix_find(imatrix, before[i].name, before[i].cols, &slot->importance, err);
        if (got < 0) return false;
        if (got == 0 && needed && slot->dtype == DTYPE_Q2_K &&
            strcmp(slot->name, "token_embd.weight") != 0)
            return err_set(err, "%s: nothing for '%s', which needs it as Q2_K", imatrix->file.path,
                           slot->name);
    }
    return true;
}

bool layout_quantise(struct layout *layout, const struct origin *origin,
                     const struct file_type *type, const struct imatrix *imatrix, struct err *err)
{
    const struct config *config = &origin->model.config;
    const struct mix_model model = {.architecture = family_info(config->family)->gguf,
                                    .layers = config->layers,
                                    .heads = config->heads,
                                    .kv_heads = config->kv_heads};
    struct mix_tensor *before = mem_zero(layout->count, sizeof *before);
    struct mix_tensor *after = mem_zero(layout->count, sizeof *after);
    bool good;

    if (layout->count) qsort(layout->slots, layout->count, sizeof *layout->slots, by_layer);
    for (size_t i = 0; i < layout->count; i++)
        before[i] = after[i] = mix_tensor(&layout->slots[i], origin->has_gguf);
    good = mix_assign(type, &model, imatrix != NULL, after, layout->count, err);
    for (size_t i = 0; i < layout->count; i++) layout->slots[i].dtype = after[i].dtype;
    good = good &&
           (!imatrix || find_importance(layout, imatrix, before, type->kind == FILE_Q2_K_S, err));
    mem_free(before);
    mem_free(after);
    return good;
}

bool layout_declare(const struct layout *layout, struct gguf_writer *writer, struct err *err)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct slot *slot = &layout->slots[i];
        struct tensor tensor = {
            .name = text_of(slot->name), .dtype = slot->dtype, .rank = slot->rank};

        memcpy(tensor.shape, slot->shape, sizeof slot->shape);
        if (!gguf_writer_declare(writer, &tensor, err)) return false;
    }
    return true;
}

void layout_release(struct layout *layout)
{
    mem_free(layout->slots);
    *layout = (struct layout){0};
}

#include "pack/mix.h"

#include <stdlib.h>
#include <string.h>

enum role { ROLE_VALUE, ROLE_DOWN, ROLE_OUT, ROLE_EMBEDDING, ROLE_HEAD, ROLE_OTHER };

/* When a rule holds; i counts the tensors of this role in the order of layers, n is how many. */
enum when {
    ALWAYS,
    WIDE_GROUPS, /* four query heads or more share a key and value head */
    SPREAD,      /* the first and the last eighth of the layers, and every third between */
    FIRST_2,
    FIRST_4,
    EIGHTH,       /* the first eighth of the layers */
    SIXTEENTH,    /* the first sixteenth */
    EIGHTH_ALONE, /* the first eighth, without an importance matrix */
    EIGHTH_GIVEN  /* the first eighth, with one */
};

/* Of the rules of a file's type and a role the first that holds counts. */
static const struct rule {
    enum file_kind kind;
    enum role role;
    enum when when;
    enum dtype dtype;
} rules[] = {
    {FILE_Q2_K, ROLE_VALUE, WIDE_GROUPS, DTYPE_Q4_K},
    {FILE_Q2_K, ROLE_VALUE, ALWAYS, DTYPE_Q3_K},
    {FILE_Q2_K, ROLE_DOWN, ALWAYS, DTYPE_Q3_K},
    {FILE_Q2_K, ROLE_OUT, ALWAYS, DTYPE_Q3_K},
    {FILE_Q2_K_S, ROLE_VALUE, WIDE_GROUPS, DTYPE_Q4_K},
    {FILE_Q2_K_S, ROLE_DOWN, EIGHTH, DTYPE_Q4_K},
    {FILE_Q3_K_M, ROLE_VALUE, FIRST_2, DTYPE_Q5_K},
    {FILE_Q3_K_M, ROLE_VALUE, ALWAYS, DTYPE_Q4_K},
    {FILE_Q3_K_M, ROLE_DOWN, SIXTEENTH, DTYPE_Q5_K},
    {FILE_Q3_K_M, ROLE_DOWN, ALWAYS, DTYPE_Q4_K},
    {FILE_Q3_K_M, ROLE_OUT, ALWAYS, DTYPE_Q4_K},
    {FILE_Q3_K_L, ROLE_VALUE, ALWAYS, DTYPE_Q5_K},
    {FILE_Q3_K_L, ROLE_DOWN, ALWAYS, DTYPE_Q5_K},
    {FILE_Q3_K_L, ROLE_OUT, ALWAYS, DTYPE_Q5_K},
    {FILE_Q4_0, ROLE_DOWN, EIGHTH_GIVEN, DTYPE_Q4_1},
    {FILE_Q4_K_S, ROLE_VALUE, FIRST_4, DTYPE_Q5_K},
    {FILE_Q4_K_S, ROLE_DOWN, EIGHTH, DTYPE_Q5_K},
    {FILE_Q4_K_M, ROLE_VALUE, SPREAD, DTYPE_Q6_K},
    {FILE_Q4_K_M, ROLE_DOWN, SPREAD, DTYPE_Q6_K},
    {FILE_Q5_0, ROLE_DOWN, EIGHTH_GIVEN, DTYPE_Q5_1},
    {FILE_Q5_K_M, ROLE_VALUE, SPREAD, DTYPE_Q6_K},
    {FILE_Q5_K_M, ROLE_DOWN, SPREAD, DTYPE_Q6_K},
    {FILE_IQ4_NL, ROLE_VALUE, WIDE_GROUPS, DTYPE_Q5_K},
    {FILE_IQ4_NL, ROLE_DOWN, EIGHTH_ALONE, DTYPE_Q5_K},
    {FILE_IQ4_XS, ROLE_VALUE, WIDE_GROUPS, DTYPE_Q5_K},
    {FILE_IQ4_XS, ROLE_DOWN, EIGHTH_ALONE, DTYPE_Q5_K},
};

struct mix {
    const struct file_type *type;
    const struct mix_model *model;
    bool importance, tied;
    uint32_t values;                  /* how many there are */
    uint32_t values_done, downs_done; /* seen so far */
};

static bool text_has(struct text text, const char *part)
{
    return memmem(text.at, text.len, part, strlen(part)) != NULL;
}

static enum role role_of(struct text name)
{
    if (text_is(name, "output.weight")) return ROLE_HEAD;
    if (text_is(name, "token_embd.weight")) return ROLE_EMBEDDING;
    if (text_has(name, "attn_v.weight")) return ROLE_VALUE;
    if (text_has(name, "attn_output.weight")) return ROLE_OUT;
    if (text_has(name, "ffn_down")) return ROLE_DOWN;
    return ROLE_OTHER;
}

static bool changes(const struct mix_tensor *tensor)
{
    const struct text name = tensor->name;

    return tensor->rows > 1 && name.len >= 6 && memcmp(name.at + name.len - 6, "weight", 6) == 0 &&
           !text_has(name, "_norm.weight");
}

static bool holds(const struct mix *mix, enum when when, uint32_t i, uint32_t n)
{
    switch (when) {
    case ALWAYS: return true;
    case WIDE_GROUPS: return mix->model->kv_heads && mix->model->heads / mix->model->kv_heads >= 4;
    case SPREAD: return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2;
    case FIRST_2: return i < 2;
    case FIRST_4: return i < 4;
    case EIGHTH: return i < n / 8;
    case SIXTEENTH: return i < n / 16;
    case EIGHTH_ALONE: return i < n / 8 && !mix->importance;
    case EIGHTH_GIVEN: return i < n / 8 && mix->importance;
    }
    return false;
}

/* Those of 70 thousand million parameters: 64 query heads share 8 others, whose values are
 * small. */
static bool has_small_values(const struct mix_model *model)
{
    if (model->layers != 80) return false;
    if (strcmp(model->architecture, "qwen2") == 0) return true;
    return strcmp(model->architecture, "llama") == 0 && model->heads != model->kv_heads;
}

static enum dtype by_role(struct mix *mix, enum role role)
{
    uint32_t i = 0, n = 0;
    enum dtype dtype = mix->type->dtype;

    if (role == ROLE_VALUE) i = mix->values_done++, n = mix->values;
    if (role == ROLE_DOWN) i = mix->downs_done++, n = mix->model->layers;
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        if (rules[r].kind != mix->type->kind || rules[r].role != role) continue;
        if (!holds(mix, rules[r].when, i, n)) continue;
        dtype = rules[r].dtype;
        break;
    }
    if (role == ROLE_VALUE && (dtype == DTYPE_Q3_K || dtype == DTYPE_Q4_K) &&
        has_small_values(mix->model))
        dtype = DTYPE_Q5_K;
    return dtype;
}

/* What a row gets that is no whole number of blocks. */
static enum dtype fitting(enum dtype dtype, uint64_t cols)
{
    if (cols % dtype_info(dtype)->elements == 0) return dtype;
    switch (dtype) {
    case DTYPE_Q2_K:
    case DTYPE_Q3_K: dtype = DTYPE_Q4_0; break;
    case DTYPE_Q4_K: dtype = DTYPE_Q5_0; break;
    case DTYPE_Q5_K: dtype = DTYPE_Q5_1; break;
    case DTYPE_Q6_K: dtype = DTYPE_Q8_0; break;
    case DTYPE_IQ4_XS: dtype = DTYPE_IQ4_NL; break;
    default: break;
    }
    return cols % dtype_info(dtype)->elements == 0 ? dtype : DTYPE_F16;
}

static enum dtype choose(struct mix *mix, const struct mix_tensor *tensor)
{
    const enum dtype most = mix->type->dtype;
    const enum role role = role_of(tensor->name);
    enum dtype dtype;

    if (dtype_info(most)->elements == 1) return most;
    if (role != ROLE_HEAD && !(role == ROLE_EMBEDDING && mix->tied))
        dtype = by_role(mix, role);
    else if (most == DTYPE_Q8_0 || tensor->cols % dtype_info(most)->elements != 0)
        dtype = DTYPE_Q8_0;
    else
        dtype = DTYPE_Q6_K;
    return fitting(dtype, tensor->cols);
}

/* The layer in a name, or -1. */
static int64_t layer_of(struct text name)
{
    int64_t layer = 0;
    size_t i = 4;

    if (name.len < 5 || memcmp(name.at, "blk.", 4) != 0) return -1;
    for (; i < name.len && name.at[i] >= '0' && name.at[i] <= '9' && layer < INT32_MAX; i++)
        layer = 10 * layer + (name.at[i] - '0');
    return i > 4 && i < name.len && name.at[i] == '.' ? layer : -1;
}

/* Tensors are taken by layer, what belongs to none first; then by name. */
struct place {
    struct mix_tensor *tensor;
    int64_t layer;
};

static int compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const struct text left = x->tensor->name, right = y->tensor->name;
    const int order = memcmp(left.at, right.at, left.len < right.len ? left.len : right.len);

    if (x->layer != y->layer) return x->layer < y->layer ? -1 : 1;
    return order ? order : (left.len > right.len) - (left.len < right.len);
}

static bool assign(struct mix *mix, struct mix_tensor *tensor, struct err *err)
{
    const enum role role = role_of(tensor->name);

    if (!changes(tensor)) return true;
    tensor->dtype = choose(mix, tensor);
    if (mix->importance || mix->type->kind != FILE_Q2_K_S || tensor->dtype != DTYPE_Q2_K ||
        role == ROLE_EMBEDDING || role == ROLE_HEAD)
        return true;
    return err_set(err, "'%.*s' as Q2_K in a file of type Q2_K_S needs an importance matrix",
                   (int)(tensor->name.len < 80 ? tensor->name.len : 80), tensor->name.at);
}

bool mix_assign(const struct file_type *type, const struct mix_model *model, bool importance,
                struct mix_tensor *tensors, size_t count, struct err *err)
{
    struct mix mix = {.type = type, .model = model, .importance = importance, .tied = true};
    struct place *sorted = mem_zero(count, sizeof *sorted);
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        const enum role role = role_of(tensors[i].name);

        sorted[i] = (struct place){&tensors[i], layer_of(tensors[i].name)};
        if (role == ROLE_VALUE) mix.values++;
        if (role == ROLE_HEAD) mix.tied = false;
    }
    if (count) qsort(sorted, count, sizeof *sorted, compare);
    for (size_t i = 0; good && i < count; i++) good = assign(&mix, sorted[i].tensor, err);
    mem_free(sorted);
    return good;
}

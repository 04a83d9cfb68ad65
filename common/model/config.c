#include "model/config.h"

#include <inttypes.h>
#include <string.h>

static const struct family_info families[FAMILY_COUNT] = {
    [FAMILY_LLAMA] = {"llama", "LlamaForCausalLM", "llama", true},
    [FAMILY_MISTRAL] = {"mistral", "MistralForCausalLM", "llama", true},
    [FAMILY_QWEN2] = {"qwen2", "Qwen2ForCausalLM", "qwen2", false},
    [FAMILY_QWEN3] = {"qwen3", "Qwen3ForCausalLM", "qwen3", false},
};

const struct config_size config_sizes[] = {
    {"num_hidden_layers", "block_count", offsetof(struct config, layers), CONFIG_LAYERS, false},
    {"hidden_size", "embedding_length", offsetof(struct config, hidden), 1 << 20, false},
    {"intermediate_size", "feed_forward_length", offsetof(struct config, feed), 1 << 22, false},
    {"num_attention_heads", "attention.head_count", offsetof(struct config, heads), 1 << 14, false},
    {"num_key_value_heads", "attention.head_count_kv", offsetof(struct config, kv_heads), 1 << 14,
     true},
    {"head_dim", "attention.key_length", offsetof(struct config, head_dim), CONFIG_HEAD, true},
    {"vocab_size", NULL, offsetof(struct config, vocabulary), 1 << 24, false},
    {"max_position_embeddings", "context_length", offsetof(struct config, positions), 1 << 30,
     false},
};
const size_t config_size_count = sizeof config_sizes / sizeof *config_sizes;

const struct family_info *family_info(enum family family)
{
    return &families[family];
}

bool family_of_name(const char *name, enum family *family)
{
    for (int i = 0; i < FAMILY_COUNT; i++) {
        if (strcmp(name, families[i].name) != 0) continue;
        *family = (enum family)i;
        return true;
    }
    return false;
}

uint32_t config_window(const struct config *config, size_t layer)
{
    return config->slides[layer] ? config->window : 0;
}

static bool settle_heads(struct config *config, const char *path, struct err *err)
{
    if (!config->kv_heads) config->kv_heads = config->heads;
    if (config->heads % config->kv_heads)
        return err_set(err,
                       "%s: %" PRIu32 " heads are no multiple of %" PRIu32 " key and value heads",
                       path, config->heads, config->kv_heads);
    if (config->heads / config->kv_heads > CONFIG_GROUP)
        return err_set(err, "%s: more than %d heads share a key and value head", path,
                       CONFIG_GROUP);
    if (!config->head_dim && config->hidden % config->heads)
        return err_set(err, "%s: %" PRIu32 " dimensions do not divide into %" PRIu32 " heads", path,
                       config->hidden, config->heads);
    if (!config->head_dim) config->head_dim = config->hidden / config->heads;
    if (config->head_dim > CONFIG_HEAD)
        return err_set(err, "%s: heads of %" PRIu32 " dimensions have more than %d", path,
                       config->head_dim, CONFIG_HEAD);
    if (config->head_dim == 0 || config->head_dim % 2)
        return err_set(err,
                       "%s: a head of %" PRIu32 " dimensions cannot be turned: they come in pairs",
                       path, config->head_dim);
    if ((uint64_t)config->heads * config->head_dim > 1 << 20)
        return err_set(err, "%s: %" PRIu32 " heads of %" PRIu32 " dimensions are too many", path,
                       config->heads, config->head_dim);
    return true;
}

static bool between(double value, double least, double most)
{
    return value >= least && value <= most; /* never a NaN */
}

static bool check_rope(const struct rope *rope, const char *path, struct err *err)
{
    const enum rope_kind kind = rope->kind;

    if (!(rope->base > 1 && rope->base <= 1e15))
        return err_set(err, "%s: a RoPE base of %g is not supported", path, rope->base);
    if (kind == ROPE_PLAIN || kind == ROPE_DIVIDED) return true;
    if (!between(rope->factor, 1, 1e6))
        return err_set(err, "%s: a RoPE factor of %g is not from 1 to 1000000", path, rope->factor);
    if (kind == ROPE_LINEAR || kind == ROPE_DYNAMIC) return true;
    if (!between(rope->original, 1, 1 << 30))
        return err_set(err, "%s: an original length of %g positions is not supported", path,
                       rope->original);
    if (kind == ROPE_LLAMA3 && !(rope->low > 0 && rope->high > rope->low && rope->high <= 1e6))
        return err_set(err, "%s: RoPE frequency factors from %g to %g are not supported", path,
                       rope->low, rope->high);
    if (kind == ROPE_YARN && !(rope->slow > 0 && rope->fast > rope->slow && rope->fast <= 1e6))
        return err_set(err, "%s: RoPE turns from %g to %g are not supported", path, rope->slow,
                       rope->fast);
    if (!between(rope->amplitude, 1e-3, 1e3))
        return err_set(err, "%s: a RoPE amplitude of %g is not supported", path, rope->amplitude);
    return true;
}

static bool check_id(const struct config *config, const char *what, uint32_t id, const char *path,
                     struct err *err)
{
    if (id == CONFIG_NO_ID || id < config->vocabulary) return true;
    return err_set(err, "%s: the %s token is number %" PRIu32 " of %" PRIu32, path, what, id,
                   config->vocabulary);
}

static bool check_ids(const struct config *config, const char *path, struct err *err)
{
    for (size_t i = 0; i < config->eos_count; i++)
        if (!check_id(config, "eos", config->eos[i], path, err)) return false;
    return check_id(config, "bos", config->bos, path, err) &&
           check_id(config, "pad", config->pad, path, err);
}

bool config_settle(struct config *config, const char *path, struct err *err)
{
    if (!settle_heads(config, path, err)) return false;
    if (!(config->eps > 0 && config->eps <= 0.1F))
        return err_set(err, "%s: a norm's epsilon of %g is not supported", path,
                       (double)config->eps);
    for (size_t i = 0; i < config->layers; i++)
        if (config->slides[i] && !config->window)
            return err_set(err, "%s: layer %zu has a sliding window, but its width is not given",
                           path, i);
    return check_rope(&config->rope, path, err) && check_ids(config, path, err);
}

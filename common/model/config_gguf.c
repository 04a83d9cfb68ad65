#include "model/config_gguf.h"

#include "core/lines.h"
#include "tensor/floats.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A file and how its keys begin. */
struct source {
    const struct gguf *gguf;
    const char *path, *prefix;
};

enum { KEY = 80 };

static const char *key_of(const struct source *source, const char *name, char key[KEY])
{
    snprintf(key, KEY, "%s.%s", source->prefix, name);
    return key;
}

static int read_u32(const struct source *source, const char *name, uint32_t *value, struct err *err)
{
    char key[KEY];

    return gguf_u32(source->gguf, key_of(source, name, key), value, err);
}

static int read_number(const struct source *source, const char *name, double *value,
                       struct err *err)
{
    char key[KEY];
    float single;
    const int got = gguf_f32(source->gguf, key_of(source, name, key), &single, err);

    if (got > 0) *value = (double)single;
    return got;
}

static bool read_sizes(struct config *config, const struct source *source, struct err *err)
{
    for (size_t i = 0; i < config_size_count; i++) {
        const struct config_size *size = &config_sizes[i];
        uint32_t value = 0;
        int got;

        if (!size->gguf) continue;
        got = read_u32(source, size->gguf, &value, err);
        if (got < 0 || (got == 0 && !size->optional)) return false;
        if (got > 0 && (value < 1 || value > size->most))
            return err_set(err, "%s: '%s.%s' is %" PRIu32 ", not from 1 to %" PRIu32, source->path,
                           source->prefix, size->gguf, value, size->most);
        memcpy((char *)config + size->offset, &value, sizeof value);
    }
    return true;
}

/* Text of the metadata as a C string, cut where it is long. */
static int read_name(const struct gguf *gguf, const char *key, char name[KEY], struct err *err)
{
    struct text text;
    const int got = gguf_text(gguf, key, &text, err);

    if (got > 0) snprintf(name, KEY, "%.*s", GGUF_SHOWN(text));
    return got;
}

static bool read_family(struct config *config, struct source *source, struct err *err)
{
    char name[KEY], type[KEY] = "model";
    const struct gguf_value *parts = gguf_find(source->gguf, "split.count");

    if (read_name(source->gguf, "general.architecture", name, err) <= 0) return false;
    if (read_name(source->gguf, "general.type", type, err) < 0) return false;
    if (strcmp(type, "model") != 0)
        return err_set(err, "%s: not a model, but of the type '%s'", source->path, type);
    if (parts && parts->type == GGUF_U16 && load_u16(parts->at) > 1)
        return err_set(err, "%s: one of %d parts: join them with 'llama-gguf-split --merge'",
                       source->path, load_u16(parts->at));
    if (!family_of_name(name, &config->family) || config->family == FAMILY_MISTRAL)
        return err_set(err, "%s: %s is not supported: llama, qwen2 and qwen3 are", source->path,
                       name);
    source->prefix = family_info(config->family)->gguf;
    return true;
}

/* Keys whose presence, with another value than this, means a model of another make. */
static bool check_make(const struct config *config, const struct source *source, struct err *err)
{
    uint32_t experts = 0, value_length = config->head_dim, turned = config->head_dim;
    double linear = 1;

    if (read_u32(source, "expert_count", &experts, err) < 0 ||
        read_u32(source, "attention.value_length", &value_length, err) < 0 ||
        read_u32(source, "rope.dimension_count", &turned, err) < 0 ||
        read_number(source, "rope.scale_linear", &linear, err) < 0)
        return false;
    if (experts) return err_set(err, "%s: mixtures of experts are not supported", source->path);
    if (value_length != config->head_dim || turned != config->head_dim)
        return err_set(err,
                       "%s: heads of %" PRIu32 " dimensions with values of %" PRIu32
                       ", of which %" PRIu32 " are turned, are not supported",
                       source->path, config->head_dim, value_length, turned);
    if (linear < 1 || linear > 1)
        return err_set(err, "%s: '%s.rope.scale_linear' is not supported", source->path,
                       source->prefix);
    return true;
}

static bool has(const struct gguf *gguf, const char *name)
{
    return gguf_tensor(gguf, name) != NULL;
}

/* What the metadata does not say is seen by the tensors that are there. */
static bool read_parts(struct config *config, const struct source *source, struct err *err)
{
    const struct gguf *gguf = source->gguf;
    const struct tensor *embedding = gguf_tensor(gguf, "token_embd.weight");
    uint32_t said = 0;
    double eps;

    if (!embedding || embedding->rank != 2)
        return err_set(err, "%s: there is no table 'token_embd.weight'", source->path);
    if (embedding->shape[0] < 1 || embedding->shape[0] > 1 << 24)
        return err_set(err, "%s: an embedding of %" PRIu64 " tokens is not supported", source->path,
                       embedding->shape[0]);
    config->vocabulary = (uint32_t)embedding->shape[0];
    if (read_u32(source, "vocab_size", &said, err) > 0 && said != config->vocabulary)
        return err_set(err,
                       "%s: '%s.vocab_size' is %" PRIu32 ", but the embedding has %" PRIu32 " rows",
                       source->path, source->prefix, said, config->vocabulary);
    if (read_number(source, "attention.layer_norm_rms_epsilon", &eps, err) <= 0) return false;
    config->eps = (float)eps;
    snprintf(config->dtype, sizeof config->dtype, "%s", dtype_info(embedding->dtype)->name);
    config->tied = !has(gguf, "output.weight");
    config->qkv_bias = has(gguf, "blk.0.attn_q.bias");
    config->output_bias = has(gguf, "blk.0.attn_output.bias");
    config->feed_bias = has(gguf, "blk.0.ffn_gate.bias");
    config->qk_norm = config->family == FAMILY_QWEN3;
    return true;
}

/* A key of GGUF's yarn that is supported with one value only. */
static bool demand(const struct source *source, const char *name, double wanted, struct err *err)
{
    double value = wanted;

    if (read_number(source, name, &value, err) < 0) return false;
    if (value >= wanted && value <= wanted) return true;
    return err_set(err, "%s: '%s.%s' is %g: only %g is supported", source->path, source->prefix,
                   name, value, wanted);
}

/* yarn_attn_factor is what llama.cpp's converter makes of config.json's attention_factor: the whole
 * amplitude. attn_factor multiplies it. */
static bool read_yarn(struct rope *rope, const struct source *source, struct err *err)
{
    uint32_t original = 0;
    double attention = 1, amplitude = 0.1 * log(rope->factor) + 1;

    if (read_u32(source, "rope.scaling.original_context_length", &original, err) <= 0 ||
        !demand(source, "rope.scaling.yarn_ext_factor", 1, err) ||
        !demand(source, "rope.scaling.yarn_log_multiplier", 0, err) ||
        read_number(source, "rope.scaling.yarn_attn_factor", &amplitude, err) < 0 ||
        read_number(source, "rope.scaling.attn_factor", &attention, err) < 0)
        return false;
    rope->fast = 32;
    rope->slow = 1;
    if (read_number(source, "rope.scaling.yarn_beta_fast", &rope->fast, err) < 0 ||
        read_number(source, "rope.scaling.yarn_beta_slow", &rope->slow, err) < 0)
        return false;
    rope->original = original;
    rope->amplitude = attention * amplitude;
    return true;
}

static bool read_divisors(struct config *config, const struct source *source, struct err *err)
{
    static const char name[] = "rope_freqs.weight";
    const struct tensor *tensor = gguf_tensor(source->gguf, name);

    if (!tensor) return true;
    if (config->rope.kind != ROPE_PLAIN)
        return err_set(err, "%s: '%s' beside another RoPE scaling is not supported", source->path,
                       name);
    if (tensor->rank != 1 || tensor->dtype != DTYPE_F32 || tensor->shape[0] != config->head_dim / 2)
        return err_set(err, "%s: '%s' is not %" PRIu32 " numbers in F32", source->path, name,
                       config->head_dim / 2);
    for (size_t j = 0; j < config->head_dim / 2; j++) {
        const float divisor = float_of_bits(load_u32(tensor->at + 4 * j));

        if (!(divisor >= 1e-6F && divisor <= 1e6F))
            return err_set(err, "%s: '%s' holds %g", source->path, name, (double)divisor);
    }
    config->rope.kind = ROPE_DIVIDED;
    config->rope.divisors = tensor;
    return true;
}

static bool read_rope(struct config *config, const struct source *source, struct err *err)
{
    struct rope *rope = &config->rope;
    char key[KEY], type[KEY] = "none";

    if (read_number(source, "rope.freq_base", &rope->base, err) < 0) return false;
    if (read_name(source->gguf, key_of(source, "rope.scaling.type", key), type, err) < 0)
        return false;
    if (strcmp(type, "linear") == 0)
        rope->kind = ROPE_LINEAR;
    else if (strcmp(type, "yarn") == 0)
        rope->kind = ROPE_YARN;
    else if (strcmp(type, "none") != 0)
        return err_set(err, "%s: RoPE scaling '%s' is not supported: none, linear and yarn are",
                       source->path, type);
    if (rope->kind != ROPE_PLAIN &&
        read_number(source, "rope.scaling.factor", &rope->factor, err) <= 0)
        return false;
    if (rope->kind == ROPE_YARN && !read_yarn(rope, source, err)) return false;
    return read_divisors(config, source, err);
}

/* Only Mistral's files can have one; it holds in all layers. */
static bool read_window(struct config *config, const struct source *source, struct err *err)
{
    static const char name[] = "attention.sliding_window";

    if (read_u32(source, name, &config->window, err) < 0) return false;
    if (config->window && config->family != FAMILY_LLAMA)
        return err_set(err, "%s: '%s.%s' is not supported", source->path, source->prefix, name);
    for (size_t i = 0; config->window && i < config->layers; i++) config->slides[i] = true;
    return true;
}

static bool add_eos(struct config *config, const struct gguf *gguf, const char *key,
                    struct err *err)
{
    uint32_t id = 0;
    const int got = gguf_u32(gguf, key, &id, err);

    if (got <= 0) return got == 0;
    for (size_t i = 0; i < config->eos_count; i++)
        if (config->eos[i] == id) return true;
    config->eos[config->eos_count++] = id;
    return true;
}

static bool read_ids(struct config *config, const struct gguf *gguf, struct err *err)
{
    return gguf_u32(gguf, "tokenizer.ggml.bos_token_id", &config->bos, err) >= 0 &&
           gguf_u32(gguf, "tokenizer.ggml.padding_token_id", &config->pad, err) >= 0 &&
           add_eos(config, gguf, "tokenizer.ggml.eos_token_id", err) &&
           add_eos(config, gguf, "tokenizer.ggml.eot_token_id", err) &&
           add_eos(config, gguf, "tokenizer.ggml.eom_token_id", err);
}

bool config_from_gguf(struct config *config, const struct gguf *gguf, struct err *err)
{
    struct source source = {gguf, path_shown(gguf->file.path), NULL};

    *config = (struct config){.rope = {.kind = ROPE_PLAIN, .base = 10000, .amplitude = 1},
                              .bos = CONFIG_NO_ID,
                              .pad = CONFIG_NO_ID};
    if (!read_family(config, &source, err) || !read_sizes(config, &source, err) ||
        !read_parts(config, &source, err) || !read_ids(config, gguf, err) ||
        !read_window(config, &source, err))
        return false;
    /* The head's dimensions may have to be computed before the rest can be compared with them. */
    return config_settle(config, source.path, err) && check_make(config, &source, err) &&
           read_rope(config, &source, err) && config_settle(config, source.path, err);
}

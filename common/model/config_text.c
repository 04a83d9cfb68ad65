#include "model/config_text.h"

#include "model/config_rope.h"
#include "records/value.h"
#include "tensor/floats.h"
#include "tensor/tensor.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text in which values of members are replaced, from its end to its beginning. */
static void replace(struct buffer *text, size_t at, size_t len, const char *value)
{
    struct buffer rest = {0};

    buffer_add(&rest, text->at + at + len, text->len - at - len);
    text->len = at;
    buffer_text(text, value);
    buffer_add(text, rest.at, rest.len);
    buffer_release(&rest);
}

/* Sets a member of the object that begins at begin in text, which is the root or 'text_config'. */
static bool set_member(struct buffer *text, const char *within, const char *const *keys,
                       const char *value)
{
    struct scan scan = {0};
    const struct member *member = NULL;
    struct value object;
    bool good = scan_json(&scan, text->at, text->len) && scan.root.kind == KIND_OBJECT;

    object = scan.root;
    if (good && (member = scan_member(&scan, within)) && member->value.kind == KIND_OBJECT) {
        object = member->value;
        good = scan_json(&scan, object.at, object.len);
    }
    member = NULL;
    for (size_t i = 0; good && !member && keys[i]; i++) member = scan_member(&scan, keys[i]);
    if (good && member) {
        replace(text, (size_t)(member->value.at - text->at), member->value.len, value);
    } else if (good) {
        char *entry = mem_format("\n  \"%s\": %s%s", keys[0], value, scan.count ? "," : "\n");

        replace(text, (size_t)(object.at + 1 - text->at), 0, entry);
        mem_free(entry);
    }
    scan_release(&scan);
    return good;
}

bool config_text_change(struct text base, const char *path, const bool *tied, const char *dtype,
                        struct buffer *out, struct err *err)
{
    static const char *const tie[] = {"tie_word_embeddings", NULL};
    static const char *const format[] = {"dtype", "torch_dtype", NULL};
    static const char inner[] = "text_config";
    struct buffer text = {0};
    char *quoted = dtype ? mem_format("\"%s\"", dtype) : NULL;
    bool good = true;

    buffer_add(&text, base.at, base.len);
    if (tied) good = set_member(&text, inner, tie, *tied ? "true" : "false");
    if (good && quoted) good = set_member(&text, inner, format, quoted);
    if (good)
        buffer_add(out, text.at, text.len);
    else
        err_set(err, "%s: is not a JSON object", path);
    buffer_release(&text);
    mem_free(quoted);
    return good;
}

static void put_key(struct buffer *out, const char *key)
{
    buffer_format(out, "%s\n  \"%s\": ", out->at[out->len - 1] == '{' ? "" : ",", key);
}

static void put_whole(struct buffer *out, const char *key, uint64_t value)
{
    put_key(out, key);
    buffer_format(out, "%" PRIu64, value);
}

static void put_flag(struct buffer *out, const char *key, bool value)
{
    put_key(out, key);
    buffer_text(out, value ? "true" : "false");
}

static void put_id(struct buffer *out, const char *key, uint32_t id)
{
    if (id != CONFIG_NO_ID) put_whole(out, key, id);
}

static void put_eos(struct buffer *out, const struct config *config)
{
    if (config->eos_count == 0) return;
    put_key(out, "eos_token_id");
    if (config->eos_count > 1) buffer_byte(out, '[');
    for (size_t i = 0; i < config->eos_count; i++)
        buffer_format(out, "%s%" PRIu32, i ? ", " : "", config->eos[i]);
    if (config->eos_count > 1) buffer_byte(out, ']');
}

/* The fewest digits that give the same float again: 1e-05, not 9.999999747378752e-06. */
static void put_float(struct buffer *out, const char *key, float value)
{
    char digits[40];
    int count = 1;

    do snprintf(digits, sizeof digits, "%.*g", count, (double)value);
    while (bits_of_float(strtof(digits, NULL)) != bits_of_float(value) && ++count <= 9);
    put_key(out, key);
    buffer_text(out, digits);
}

static void put_sizes(struct buffer *out, const struct config *config)
{
    for (size_t i = 0; i < config_size_count; i++) {
        uint32_t value;

        memcpy(&value, (const char *)config + config_sizes[i].offset, sizeof value);
        put_whole(out, config_sizes[i].json, value);
    }
}

static void put_scaling(struct buffer *out, const struct rope *rope, const char *type)
{
    put_key(out, "rope_scaling");
    buffer_format(out, "{\"rope_type\": \"%s\", \"factor\": ", type);
    number_write(out, rope->factor);
    if (rope->kind == ROPE_LLAMA3) {
        buffer_text(out, ", \"low_freq_factor\": ");
        number_write(out, rope->low);
        buffer_text(out, ", \"high_freq_factor\": ");
        number_write(out, rope->high);
    }
    if (rope->kind == ROPE_YARN) {
        buffer_text(out, ", \"beta_fast\": ");
        number_write(out, rope->fast);
        buffer_text(out, ", \"beta_slow\": ");
        number_write(out, rope->slow);
        buffer_text(out, ", \"attention_factor\": ");
        number_write(out, rope->amplitude);
    }
    if (rope->kind == ROPE_LLAMA3 || rope->kind == ROPE_YARN) {
        buffer_text(out, ", \"original_max_position_embeddings\": ");
        number_write(out, rope->original);
    }
    buffer_byte(out, '}');
}

/* Does this scaling give the divisors that the file has? */
static bool gives(const struct config *config, const struct rope *rope)
{
    const size_t count = config->head_dim / 2;
    struct config scaled = *config;
    float *mine = mem_alloc(mem_product(count, sizeof *mine)), amplitude;
    float *theirs = mem_alloc(mem_product(count, sizeof *theirs));
    bool same = true;

    scaled.rope = *rope;
    config_frequencies(&scaled, mine, &amplitude);
    config_frequencies(config, theirs, &amplitude);
    for (size_t j = 0; j < count; j++)
        same = same && fabsf(mine[j] - theirs[j]) <= 1e-5F * fabsf(theirs[j]);
    mem_free(mine);
    mem_free(theirs);
    return same;
}

/* A GGUF file has the result of Llama 3's scaling only; all its models were made with these numbers
 * but for the factor, which is the largest divisor. */
static bool find_llama3(const struct config *config, struct rope *rope)
{
    static const double originals[] = {8192, 64, 128, 256, 512, 1024, 2048, 4096, 16384, 32768};
    float largest = 1;

    for (size_t j = 0; j < config->head_dim / 2; j++) {
        const float divisor = float_of_bits(load_u32(config->rope.divisors->at + 4 * j));

        if (divisor > largest) largest = divisor;
    }
    *rope = (struct rope){.kind = ROPE_LLAMA3,
                          .base = config->rope.base,
                          .factor = (double)largest,
                          .low = 1,
                          .high = 4,
                          .amplitude = 1};
    for (size_t i = 0; i < sizeof originals / sizeof *originals; i++) {
        rope->original = originals[i];
        if (gives(config, rope)) return true;
    }
    return false;
}

static bool put_rope(struct buffer *out, const struct config *config, const char *path,
                     struct err *err)
{
    struct rope rope = config->rope;

    if (rope.kind == ROPE_DIVIDED && !find_llama3(config, &rope))
        return err_set(err,
                       "%s: 'rope_freqs.weight' is not Llama 3's: config.json has no spelling "
                       "for it",
                       path);
    put_key(out, "rope_theta");
    number_write(out, rope.base);
    switch (rope.kind) {
    case ROPE_LINEAR: put_scaling(out, &rope, "linear"); break;
    case ROPE_DYNAMIC: put_scaling(out, &rope, "dynamic"); break;
    case ROPE_LLAMA3: put_scaling(out, &rope, "llama3"); break;
    case ROPE_YARN: put_scaling(out, &rope, "yarn"); break;
    case ROPE_PLAIN:
    case ROPE_DIVIDED: break;
    }
    return true;
}

/* Mistral's files call themselves llama: a window gives them away. */
static enum family family_of(const struct config *config)
{
    return config->family == FAMILY_LLAMA && config->window ? FAMILY_MISTRAL : config->family;
}

static void put_window(struct buffer *out, const struct config *config)
{
    if (family_of(config) == FAMILY_MISTRAL) {
        put_key(out, "sliding_window");
        buffer_format(out, config->window ? "%" PRIu32 : "null", config->window);
    }
    if (config->family == FAMILY_QWEN2 || config->family == FAMILY_QWEN3)
        put_flag(out, "use_sliding_window", false);
}

bool config_text_make(const struct config *config, bool tied, const char *dtype, const char *path,
                      struct buffer *out, struct err *err)
{
    const struct family_info *info = family_info(family_of(config));

    buffer_format(out, "{\n  \"architectures\": [\"%s\"],\n  \"model_type\": \"%s\"",
                  info->architecture, info->name);
    put_sizes(out, config);
    put_float(out, "rms_norm_eps", config->eps);
    put_key(out, "hidden_act");
    buffer_text(out, "\"silu\"");
    put_flag(out, "attention_bias", config->output_bias);
    put_flag(out, "mlp_bias", config->feed_bias);
    if (!put_rope(out, config, path, err)) return false;
    put_window(out, config);
    put_id(out, "bos_token_id", config->bos);
    put_id(out, "pad_token_id", config->pad);
    put_eos(out, config);
    put_flag(out, "tie_word_embeddings", tied);
    put_key(out, "torch_dtype");
    buffer_format(out, "\"%s\"\n}\n", dtype);
    return true;
}

void config_text_generation(const struct config *config, struct buffer *out)
{
    buffer_byte(out, '{');
    put_id(out, "bos_token_id", config->bos);
    put_id(out, "pad_token_id", config->pad);
    put_eos(out, config);
    buffer_text(out, "\n}\n");
}

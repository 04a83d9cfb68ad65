#include "model/config_json.h"

#include "model/config_json_rope.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_sizes(struct config *config, const struct object *object, struct err *err)
{
    for (size_t i = 0; i < config_size_count; i++) {
        const struct config_size *size = &config_sizes[i];
        uint64_t value = 0;
        const int got = object_count(object, size->json, &value, err);

        if (got < 0) return false;
        if (got == 0 && size->optional) continue;
        if (got == 0) return object_fail(object, size->json, err, "is missing");
        if (value < 1 || value > size->most)
            return object_fail(object, size->json, err, "is %" PRIu64 ", not from 1 to %" PRIu32,
                               value, size->most);
        memcpy((char *)config + size->offset, &(uint32_t){(uint32_t)value}, sizeof(uint32_t));
    }
    return true;
}

/* 'architectures' of the model with its output, if any are named at all. */
static bool check_architecture(const struct object *object, const char *wanted, struct err *err)
{
    size_t count = 0;
    const char *first;

    if (object_list(object, "architectures", &count, err) < 0) return false;
    if (count == 0) return true;
    first = object_list_text(object, "architectures", 0);
    if (!first) return object_fail(object, "architectures", err, "holds no string");
    if (strcmp(first, wanted) == 0) return true;
    return err_set(err, "%s: %s is not supported: %s is, for this 'model_type'", object->path,
                   first, wanted);
}

static bool read_family(struct config *config, const struct object *object, struct err *err)
{
    const char *type = NULL;
    const int got = object_text(object, "model_type", &type, err);

    if (got < 0) return false;
    if (got == 0) return object_fail(object, "model_type", err, "is missing");
    if (!family_of_name(type, &config->family))
        return err_set(err, "%s: %s is not supported: " CONFIG_FAMILIES " are", object->path, type);
    return check_architecture(object, family_info(config->family)->architecture, err);
}

/* A key that, with a value other than this, means a model of another make. */
static bool check_count(const struct object *object, const char *key, const char *what,
                        struct err *err)
{
    uint64_t count = 0;

    if (object_count(object, key, &count, err) < 0) return false;
    return count == 0 || object_fail(object, key, err, "is %" PRIu64 ": %s", count, what);
}

static bool check_make(const struct object *object, struct err *err)
{
    static const char experts[] = "mixtures of experts are not supported";
    const char *act = "silu";
    double rotary = 1;
    bool interleave = false;

    if (object_has(object, "quantization_config") || object_has(object, "compression_config"))
        return err_set(err,
                       "%s: quantised weights in this format are not supported: take the model's "
                       "original weights, or a GGUF file",
                       object->path);
    if (!check_count(object, "num_local_experts", experts, err) ||
        !check_count(object, "num_experts", experts, err) ||
        !check_count(object, "n_routed_experts", experts, err) ||
        object_text(object, "hidden_act", &act, err) < 0 ||
        object_number(object, "partial_rotary_factor", &rotary, err) < 0 ||
        object_bool(object, "rope_interleaved", &interleave, err) < 0)
        return false;
    if (strcmp(act, "silu") != 0 && strcmp(act, "swish") != 0)
        return object_fail(object, "hidden_act", err, "is %s: only silu is supported", act);
    if (rotary < 1 || rotary > 1)
        return object_fail(object, "partial_rotary_factor", err, "is %g: only 1 is supported",
                           rotary);
    return !interleave ||
           object_fail(object, "rope_interleaved", err, "is true, which is not supported");
}

/* Mistral has biases nowhere, and Qwen2 at q, k and v, whatever the file says. */
static bool read_parts(struct config *config, const struct object *object, struct err *err)
{
    const bool llama = config->family == FAMILY_LLAMA, qwen3 = config->family == FAMILY_QWEN3;
    bool attention = false, feed = false;
    double eps = 0;
    int got = object_number(object, "rms_norm_eps", &eps, err);

    if (got == 0) return object_fail(object, "rms_norm_eps", err, "is missing");
    if (got < 0 || object_bool(object, "attention_bias", &attention, err) < 0 ||
        object_bool(object, "mlp_bias", &feed, err) < 0 ||
        object_bool(object, "tie_word_embeddings", &config->tied, err) < 0)
        return false;
    config->eps = (float)eps;
    config->output_bias = attention && (llama || qwen3);
    config->qkv_bias = config->output_bias || config->family == FAMILY_QWEN2;
    config->feed_bias = feed && llama;
    config->qk_norm = qwen3;
    return true;
}

/* Which layers slide, where each is named: 1, 0 or -1. */
static int read_layer_types(struct config *config, const struct object *object, struct err *err)
{
    static const char key[] = "layer_types";
    size_t count;
    const int got = object_list(object, key, &count, err);

    if (got <= 0) return got;
    if (count != config->layers)
        return object_fail(object, key, err, "holds %zu words for %" PRIu32 " layers", count,
                           config->layers),
               -1;
    for (size_t i = 0; i < count; i++) {
        const char *type = object_list_text(object, key, i);

        config->slides[i] = type && strcmp(type, "sliding_attention") == 0;
        if (!config->slides[i] && (!type || strcmp(type, "full_attention") != 0))
            return object_fail(object, key, err,
                               "holds %s: full_attention and sliding_attention are supported",
                               type ? type : "no string"),
                   -1;
    }
    return 1;
}

/* Llama never slides. Mistral does in all layers where there is a width at all; Qwen, where it is
 * told to, from some layer on. Layers that are named one by one go before that. */
static bool read_window(struct config *config, const struct object *object, struct err *err)
{
    const bool mistral = config->family == FAMILY_MISTRAL;
    uint64_t width = 0, from = 28;
    bool use = false;
    const int named = read_layer_types(config, object, err);

    if (named < 0 || config->family == FAMILY_LLAMA) return named >= 0;
    if (object_count(object, "sliding_window", &width, err) < 0 ||
        object_bool(object, "use_sliding_window", &use, err) < 0 ||
        object_count(object, "max_window_layers", &from, err) < 0)
        return false;
    if (width > INT32_MAX) return object_fail(object, "sliding_window", err, "is too large");
    if (mistral) {
        use = width > 0;
        from = 0;
    }
    if (!use) return true;
    config->window = (uint32_t)width;
    for (size_t i = from; !named && i < config->layers; i++) config->slides[i] = true;
    return true;
}

static bool read_ids(struct config *config, const struct object *object, struct err *err)
{
    size_t count = 0;

    if (object_ids(object, "bos_token_id", &config->bos, 1, &count, err) < 0) return false;
    if (object_ids(object, "pad_token_id", &config->pad, 1, &count, err) < 0) return false;
    return object_ids(object, "eos_token_id", config->eos, CONFIG_EOS, &config->eos_count, err) >=
           0;
}

static bool read_dtype(struct config *config, const struct object *object, struct err *err)
{
    static const char before[] = "torch.";
    const char *name = "";
    int got = object_text(object, "dtype", &name, err);

    if (got == 0) got = object_text(object, "torch_dtype", &name, err);
    if (got < 0) return false;
    if (strncmp(name, before, sizeof before - 1) == 0) name += sizeof before - 1;
    if (strlen(name) >= sizeof config->dtype)
        return object_fail(object, "dtype", err, "is no name of a number format");
    memcpy(config->dtype, name, strlen(name) + 1);
    return true;
}

static bool read_all(struct config *config, const struct object *whole, struct err *err)
{
    struct object text, object = *whole;
    const int nested = object_inner(whole, "text_config", &text, err);

    if (nested < 0) return false;
    if (nested) object = text;
    return read_family(config, &object, err) && check_make(whole, err) &&
           check_make(&object, err) && read_sizes(config, &object, err) &&
           read_parts(config, &object, err) && config_rope_from_json(config, &object, err) &&
           read_window(config, &object, err) && read_ids(config, &object, err) &&
           read_dtype(config, &object, err) && config_settle(config, whole->path, err);
}

bool config_from_json(struct config *config, struct text json, const char *path, struct err *err)
{
    struct object object;
    bool good;

    *config = (struct config){.bos = CONFIG_NO_ID, .pad = CONFIG_NO_ID};
    if (!object_parse(&object, json, path, err)) return false;
    good = read_all(config, &object, err);
    object_release(&object);
    return good;
}

bool config_add_generation(struct config *config, struct text json, const char *path,
                           struct err *err)
{
    struct object object;
    bool good;

    if (!object_parse(&object, json, path, err)) return false;
    good = read_ids(config, &object, err) && config_settle(config, path, err);
    object_release(&object);
    return good;
}

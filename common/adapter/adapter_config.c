#include "adapter/adapter_config.h"

#include "place/object.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define LAYER_LIMIT ((size_t)4096) /* entries of a list of layers */
#define NAME_LIMIT ((size_t)16384)
#define OVERRIDE_LIMIT ((size_t)4096)

/* Keys that must be null, false or empty. */
static const char *const refused[] = {
    "alora_invocation_tokens",
    "arrow_config",
    "kasa_config",
    "layer_replication",
    "monteclora_config",
    "target_parameters",
    "use_bdlora",
    "trainable_token_indices",
    "use_qalora",
    "velora_config",
};

/* Ways of making an adapter that change the base model, too. */
static const char *const base_changing[] = {"corda", "loftq", "lora_ga", "olora", "pissa"};

static bool is_off(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

static bool check_kind(const struct object *object, struct err *err)
{
    const char *type = NULL;

    if (object_text(object, "peft_type", &type, err) < 0) return false;
    if (!type) return err_set(err, "%s: there is no 'peft_type'", object->path);
    if (strcmp(type, "LORA") != 0)
        return object_fail(object, "peft_type", err, "is '%.40s': only LORA is implemented", type);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (!is_off(json_object_get(object->root, refused[i])))
            return object_fail(object, refused[i], err, "is set: it is not implemented");
    return true;
}

static bool check_init(const struct object *object, struct err *err)
{
    const char *how = json_string_value(json_object_get(object->root, "init_lora_weights"));

    for (size_t i = 0; how && i < sizeof base_changing / sizeof *base_changing; i++)
        if (strncmp(how, base_changing[i], strlen(base_changing[i])) == 0)
            return object_fail(object, "init_lora_weights", err,
                               "is '%.40s', which changes the base model: convert it to a plain "
                               "adapter first",
                               how);
    return true;
}

/* One text, or a list of texts; nothing where there is none. */
static bool read_names(const struct object *object, const char *key, struct name_list *names,
                       struct err *err)
{
    const json_t *value = json_object_get(object->root, key);
    size_t count = 0;

    if (json_is_string(value)) {
        name_list_add(names, json_string_value(value));
        return true;
    }
    if (object_list(object, key, &count, err) < 0) return false;
    if (count > NAME_LIMIT)
        return object_fail(object, key, err, "has more than %zu entries", NAME_LIMIT);
    for (size_t i = 0; i < count; i++) {
        const char *name = object_list_text(object, key, i);

        if (!name) return object_fail(object, key, err, "is not a list of strings");
        name_list_add(names, name);
    }
    return true;
}

static bool read_selection(const struct object *object, const char *key,
                           struct selection *selection, struct err *err)
{
    const json_t *value = json_object_get(object->root, key);

    if (!json_is_string(value)) return read_names(object, key, &selection->names, err);
    selection->pattern = mem_copy_text(json_string_value(value));
    return true;
}

static bool read_overrides(const struct object *object, const char *key, struct override_list *list,
                           bool whole, struct err *err)
{
    struct object inner;
    const int got = object_inner(object, key, &inner, err);
    const char *ending;
    json_t *value;

    if (got <= 0) return got == 0;
    if (json_object_size(inner.root) > OVERRIDE_LIMIT)
        return object_fail(object, key, err, "has more than %zu entries", OVERRIDE_LIMIT);
    json_object_foreach(inner.root, ending, value)
    {
        if (whole ? !json_is_integer(value) : !json_is_number(value))
            return object_fail(object, key, err, "gives '%.80s' no %s", ending,
                               whole ? "whole number" : "number");
        override_list_add(list, ending, json_number_value(value));
    }
    return true;
}

static bool read_layers(const struct object *object, struct adapter_options *options,
                        struct err *err)
{
    static const char key[] = "layers_to_transform";
    const json_t *value = json_object_get(object->root, key);
    const bool one = json_is_integer(value);
    size_t count = 1;

    if (!one) {
        count = 0;
        if (object_list(object, key, &count, err) < 0) return false;
    }
    if (count > LAYER_LIMIT)
        return object_fail(object, key, err, "has more than %zu entries", LAYER_LIMIT);
    for (size_t i = 0; i < count; i++) {
        const json_t *layer = one ? value : json_array_get(value, i);

        if (!json_is_integer(layer) || json_integer_value(layer) < 0)
            return object_fail(object, key, err, "is not a list of whole numbers from 0");
        adapter_options_add_layer(options, (size_t)json_integer_value(layer));
    }
    return true;
}

static bool read_numbers(const struct object *object, struct adapter_options *options,
                         struct err *err)
{
    uint64_t rank = options->rank;
    const char *base = NULL;

    if (object_count(object, "r", &rank, err) < 0 ||
        object_number(object, "lora_alpha", &options->alpha, err) < 0 ||
        object_number(object, "lora_dropout", &options->dropout, err) < 0 ||
        object_bool(object, "use_rslora", &options->rslora, err) < 0 ||
        object_text(object, "base_model_name_or_path", &base, err) < 0)
        return false;
    options->rank = rank;
    if (base) options->base_model = mem_copy_text(base);
    if (!(options->dropout >= 0 && options->dropout < 1))
        return object_fail(object, "lora_dropout", err, "is not from 0 to below 1");
    return true;
}

static bool read_bias(const struct object *object, struct adapter_options *options, struct err *err)
{
    static const char *const words[] = {[ADAPTER_BIAS_NONE] = "none",
                                        [ADAPTER_BIAS_ALL] = "all",
                                        [ADAPTER_BIAS_LORA_ONLY] = "lora_only"};
    const char *bias = words[ADAPTER_BIAS_NONE];

    if (object_text(object, "bias", &bias, err) < 0) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(bias, words[i]) != 0) continue;
        options->bias = (enum adapter_bias)i;
        return true;
    }
    return object_fail(object, "bias", err, "is '%.40s', not none, all or lora_only", bias);
}

static bool read_forms(const struct object *object, struct adapter_options *options,
                       struct err *err)
{
    return read_bias(object, options, err) &&
           object_bool(object, "use_dora", &options->dora, err) >= 0 &&
           object_bool(object, "lora_bias", &options->lora_bias, err) >= 0 &&
           object_bool(object, "ensure_weight_tying", &options->tied, err) >= 0 &&
           read_names(object, "modules_to_save", &options->saved, err);
}

static bool read_all(const struct object *object, struct adapter_options *options, struct err *err)
{
    return check_kind(object, err) && check_init(object, err) &&
           read_numbers(object, options, err) &&
           read_selection(object, "target_modules", &options->targets, err) &&
           read_selection(object, "exclude_modules", &options->excluded, err) &&
           read_overrides(object, "rank_pattern", &options->ranks, true, err) &&
           read_overrides(object, "alpha_pattern", &options->alphas, false, err) &&
           read_layers(object, options, err) &&
           read_names(object, "layers_pattern", &options->layers_pattern, err) &&
           read_forms(object, options, err);
}

bool adapter_config_read(struct adapter_options *options, struct text json, const char *path,
                         struct err *err)
{
    struct object object;
    bool good;

    if (!object_parse(&object, json, path, err)) return false;
    adapter_options_init(options);
    good = read_all(&object, options, err);
    object_release(&object);
    if (!good) adapter_options_release(options);
    return good;
}

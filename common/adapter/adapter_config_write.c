#include "adapter/adapter_config.h"
#include "adapter/targets.h"
#include "safetensors/safetensors_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As Python shows a float: the fewest digits that give it again. */
static void put_float(struct buffer *out, double value)
{
    char text[40];
    int digits = 1;

    do snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    buffer_text(out, text);
    if (!strpbrk(text, ".e")) buffer_text(out, ".0");
}

static void put_number(struct buffer *out, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        buffer_format(out, "%.0f", value);
    else
        put_float(out, value);
}

static void put_line(struct buffer *out, bool first, const char *indent)
{
    buffer_format(out, "%s\n%s", first ? "" : ",", indent);
}

static void put_names(struct buffer *out, char *const *names, size_t count)
{
    buffer_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        put_line(out, i == 0, "    ");
        safetensors_quote(out, text_of(names[i]));
    }
    buffer_text(out, count ? "\n  ]" : "]");
}

static void put_selection(struct buffer *out, const struct selection *selection)
{
    if (selection->pattern)
        safetensors_quote(out, text_of(selection->pattern));
    else if (selection->names.count)
        put_names(out, selection->names.items, selection->names.count);
    else
        buffer_text(out, "null");
}

/* 'all-linear' and nothing at all become the names that they stand for, as in PEFT. */
static void put_targets(struct buffer *out, const struct adapter_options *options)
{
    static char *all[] = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                          "gate_proj", "up_proj", "down_proj"};
    static char *few[] = {"q_proj", "v_proj"};
    const struct selection *targets = &options->targets;

    if (targets->pattern && strcasecmp(targets->pattern, "all-linear") == 0)
        put_names(out, all, sizeof all / sizeof *all);
    else if (!targets->pattern && targets->names.count == 0)
        put_names(out, few, sizeof few / sizeof *few);
    else
        put_selection(out, targets);
}

static void put_excluded(struct buffer *out, const struct adapter_options *options)
{
    put_selection(out, &options->excluded);
}

static void put_overrides(struct buffer *out, const struct override_list *list)
{
    buffer_byte(out, '{');
    for (size_t i = 0; i < list->count; i++) {
        put_line(out, i == 0, "    ");
        safetensors_quote(out, text_of(list->items[i].ending));
        buffer_text(out, ": ");
        put_number(out, list->items[i].value);
    }
    buffer_text(out, list->count ? "\n  }" : "}");
}

static void put_ranks(struct buffer *out, const struct adapter_options *options)
{
    put_overrides(out, &options->ranks);
}

static void put_alphas(struct buffer *out, const struct adapter_options *options)
{
    put_overrides(out, &options->alphas);
}

static void put_layers(struct buffer *out, const struct adapter_options *options)
{
    if (options->layer_count == 0) {
        buffer_text(out, "null");
        return;
    }
    buffer_byte(out, '[');
    for (size_t i = 0; i < options->layer_count; i++) {
        put_line(out, i == 0, "    ");
        buffer_format(out, "%zu", options->layers[i]);
    }
    buffer_text(out, "\n  ]");
}

static void put_layers_pattern(struct buffer *out, const struct adapter_options *options)
{
    const struct name_list *names = &options->layers_pattern;

    if (names->count)
        put_names(out, names->items, names->count);
    else
        buffer_text(out, "null");
}

static void put_base(struct buffer *out, const struct adapter_options *options)
{
    if (options->base_model)
        safetensors_quote(out, text_of(options->base_model));
    else
        buffer_text(out, "null");
}

static void put_alpha(struct buffer *out, const struct adapter_options *options)
{
    put_number(out, options->alpha);
}

static void put_dropout(struct buffer *out, const struct adapter_options *options)
{
    put_float(out, options->dropout);
}

static void put_rank(struct buffer *out, const struct adapter_options *options)
{
    buffer_format(out, "%zu", options->rank);
}

static void put_rslora(struct buffer *out, const struct adapter_options *options)
{
    buffer_text(out, options->rslora ? "true" : "false");
}

/* In the order of the keys. */
static const struct {
    const char *key, *value; /* the same in every file */
    void (*put)(struct buffer *out, const struct adapter_options *options); /* or written by this */
} rows[] = {
    {"alora_invocation_tokens", "null", NULL},
    {"alpha_pattern", NULL, put_alphas},
    {"arrow_config", "null", NULL},
    {"auto_mapping", "null", NULL},
    {"base_model_name_or_path", NULL, put_base},
    {"bias", "\"none\"", NULL},
    {"corda_config", "null", NULL},
    {"ensure_weight_tying", "false", NULL},
    {"eva_config", "null", NULL},
    {"exclude_modules", NULL, put_excluded},
    {"fan_in_fan_out", "false", NULL},
    {"inference_mode", "true", NULL},
    {"init_lora_weights", "true", NULL},
    {"kasa_config", "null", NULL},
    {"layer_replication", "null", NULL},
    {"layers_pattern", NULL, put_layers_pattern},
    {"layers_to_transform", NULL, put_layers},
    {"loftq_config", "{}", NULL},
    {"lora_alpha", NULL, put_alpha},
    {"lora_bias", "false", NULL},
    {"lora_dropout", NULL, put_dropout},
    {"lora_ga_config", "null", NULL},
    {"megatron_config", "null", NULL},
    {"megatron_core", "\"megatron.core\"", NULL},
    {"modules_to_save", "null", NULL},
    {"monteclora_config", "null", NULL},
    {"peft_type", "\"LORA\"", NULL},
    {"peft_version", "\"0.21.2\"", NULL},
    {"qalora_group_size", "16", NULL},
    {"r", NULL, put_rank},
    {"rank_pattern", NULL, put_ranks},
    {"revision", "null", NULL},
    {"target_modules", NULL, put_targets},
    {"target_parameters", "null", NULL},
    {"task_type", "\"CAUSAL_LM\"", NULL},
    {"trainable_token_indices", "null", NULL},
    {"use_bdlora", "null", NULL},
    {"use_dora", "false", NULL},
    {"use_qalora", "false", NULL},
    {"use_rslora", NULL, put_rslora},
    {"velora_config", "null", NULL},
};

void adapter_config_write(const struct adapter_options *options, struct buffer *out)
{
    buffer_byte(out, '{');
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_line(out, i == 0, "  ");
        buffer_format(out, "\"%s\": ", rows[i].key);
        if (rows[i].put)
            rows[i].put(out, options);
        else
            buffer_text(out, rows[i].value);
    }
    buffer_text(out, "\n}");
}

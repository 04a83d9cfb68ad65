#include "adapter/targets.h"

#include "adapter/pattern.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define RANK_LIMIT ((size_t)1 << 16)

/* Modules that may be named but not adapted: of the whole model, and of a layer. */
static const char *const others[] = {"model",      "model.embed_tokens", "model.layers",
                                     "model.norm", "model.rotary_emb",   "lm_head"};
static const char *const layer_others[] = {
    "",     ".self_attn",  ".self_attn.q_norm", ".self_attn.k_norm",
    ".mlp", ".mlp.act_fn", ".input_layernorm",  ".post_attention_layernorm"};

/* A selection made ready: the pattern, where there is one. */
struct chooser {
    const struct selection *selection;
    struct pattern pattern;
};

struct search {
    const struct adapter_options *options;
    const struct config *config;
    struct chooser targets, excluded;
    struct pattern *ranks, *alphas; /* one for each override */
    bool every_linear;
    bool all; /* the embedding and the output may be targets */
};

static bool chooser_open(struct chooser *chooser, const struct selection *selection,
                         struct err *err)
{
    *chooser = (struct chooser){.selection = selection};
    return !selection->pattern || pattern_compile(&chooser->pattern, selection->pattern, err);
}

static bool ends_as(struct text module, const char *name)
{
    const size_t len = strlen(name);

    return module.len > len && module.at[module.len - len - 1] == '.' &&
           memcmp(module.at + module.len - len, name, len) == 0;
}

/* *whole: the list has all of the name. */
static bool chooses(const struct chooser *chooser, struct text module, bool *whole)
{
    const struct name_list *names = &chooser->selection->names;
    bool found = false;

    *whole = false;
    if (chooser->selection->pattern) return pattern_fits(&chooser->pattern, module);
    for (size_t i = 0; i < names->count; i++) {
        *whole = *whole || text_is(module, names->items[i]);
        found = found || ends_as(module, names->items[i]);
    }
    return found || *whole;
}

/* Python's re.match of (.*\.)?(ending)$ */
static bool compile_overrides(struct pattern **patterns, const struct override_list *list,
                              struct err *err)
{
    bool good = true;

    *patterns = mem_zero(list->count + 1, sizeof **patterns);
    for (size_t i = 0; good && i < list->count; i++) {
        struct buffer text = {0};

        buffer_format(&text, "(.*\\.)?(%s)", list->items[i].ending);
        buffer_byte(&text, '\0');
        good = pattern_compile(&(*patterns)[i], text.at, err);
        buffer_release(&text);
    }
    return good;
}

static double overridden(const struct override_list *list, const struct pattern *patterns,
                         struct text module, double value)
{
    for (size_t i = 0; i < list->count; i++)
        if (pattern_fits(&patterns[i], module)) return list->items[i].value;
    return value;
}

static bool search_open(struct search *search, const struct adapter_options *options,
                        const struct config *config, struct err *err)
{
    const char *pattern = options->targets.pattern;

    *search = (struct search){.options = options, .config = config};
    search->every_linear = pattern && strcasecmp(pattern, "all-linear") == 0;
    search->targets.selection = &options->targets;
    return (search->every_linear || chooser_open(&search->targets, &options->targets, err)) &&
           chooser_open(&search->excluded, &options->excluded, err) &&
           compile_overrides(&search->ranks, &options->ranks, err) &&
           compile_overrides(&search->alphas, &options->alphas, err);
}

static void release_overrides(struct pattern *patterns, size_t count)
{
    for (size_t i = 0; patterns && i < count; i++) pattern_release(&patterns[i]);
    mem_free(patterns);
}

static void search_close(struct search *search)
{
    pattern_release(&search->targets.pattern);
    pattern_release(&search->excluded.pattern);
    release_overrides(search->ranks, search->options->ranks.count);
    release_overrides(search->alphas, search->options->alphas.count);
}

static bool layer_counts(const struct adapter_options *options, size_t layer)
{
    for (size_t i = 0; i < options->layer_count; i++)
        if (options->layers[i] == layer) return true;
    return options->layer_count == 0;
}

/* The only word before a layer's number is 'layers'. */
static bool layers_are_named(const struct adapter_options *options)
{
    for (size_t i = 0; i < options->layers_pattern.count; i++)
        if (strcmp(options->layers_pattern.items[i], "layers") == 0) return true;
    return options->layers_pattern.count == 0 || options->layer_count == 0;
}

/* Is it, or is it within, a module that was trained whole? */
static bool is_saved(const struct adapter_options *options, struct text module)
{
    for (size_t i = 0; i < options->saved.count; i++) {
        const char *name = options->saved.items[i];
        const size_t len = strlen(name);

        for (size_t at = 0; at + len <= module.len; at++)
            if (memcmp(module.at + at, name, len) == 0 && (at == 0 || module.at[at - 1] == '.') &&
                (at + len == module.len || module.at[at + len] == '.'))
                return true;
    }
    return false;
}

/* layer is config->layers for a module of the whole model, which is in no layer. */
static bool is_target(const struct search *search, struct text module, size_t layer, bool linear)
{
    const struct adapter_options *options = search->options;
    bool whole;

    if (chooses(&search->excluded, module, &whole) || is_saved(options, module)) return false;
    if (search->every_linear) return linear;
    if (options->targets.names.count == 0 && !options->targets.pattern)
        return ends_as(module, "q_proj") || ends_as(module, "v_proj");
    if (!chooses(&search->targets, module, &whole)) return false;
    return whole || options->targets.pattern || options->layer_count == 0 ||
           (layer_counts(options, layer) && layers_are_named(options));
}

/* The two that may be targets of an adapter that is only read. */
static bool is_matrix(const char *module)
{
    return strcmp(module, "model.embed_tokens") == 0 || strcmp(module, "lm_head") == 0;
}

static bool refuse_others(const struct search *search, struct err *err)
{
    char name[WEIGHT_NAME];

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!(search->all && is_matrix(others[i])) &&
            is_target(search, text_of(others[i]), search->config->layers, false))
            return err_set(err,
                           "'%s' is a target: only the linear layers within the model's "
                           "layers can have an adapter",
                           others[i]);
    for (size_t layer = 0; layer < search->config->layers; layer++)
        for (size_t i = 0; i < sizeof layer_others / sizeof *layer_others; i++) {
            snprintf(name, sizeof name, "model.layers.%zu%s", layer, layer_others[i]);
            if (is_target(search, text_of(name), layer, false))
                return err_set(err, "'%s' is a target: it is no linear layer", name);
        }
    return true;
}

static bool find_one(const struct search *search, size_t layer, enum weight_role role,
                     struct target *target, struct err *err)
{
    const struct adapter_options *options = search->options;
    char name[WEIGHT_NAME];
    struct text module;
    double rank;

    weight_name(role, WEIGHT_HF, layer, name);
    module = (struct text){name, strlen(name) - strlen(".weight")};
    *target = (struct target){0};
    if (!is_target(search, module, layer, weight_per_layer(role))) return true;
    rank = overridden(&options->ranks, search->ranks, module, (double)options->rank);
    target->alpha = overridden(&options->alphas, search->alphas, module, options->alpha);
    if (!(rank >= 1 && rank <= (double)RANK_LIMIT))
        return err_set(err, "a rank of %.15g for '%.*s' is not from 1 to %zu", rank,
                       (int)module.len, module.at, RANK_LIMIT);
    if (!isfinite((float)target->alpha))
        return err_set(err, "an alpha of %g for '%.*s' is too large", target->alpha,
                       (int)module.len, module.at);
    target->rank = (size_t)rank;
    return true;
}

static bool check_options(const struct adapter_options *options, struct err *err)
{
    if (options->layer_count && options->targets.pattern)
        return err_set(err, "'layers_to_transform' goes with a list of 'target_modules', not with "
                            "a pattern");
    if (options->layers_pattern.count && !options->layer_count)
        return err_set(err, "'layers_pattern' needs 'layers_to_transform'");
    return true;
}

/* Forms of adapters that are not trained here. */
static bool check_forms(const struct adapter_options *options, struct err *err)
{
    if (options->saved.count)
        return err_set(err, "'modules_to_save' is not implemented ('%s')", options->saved.items[0]);
    if (options->dora) return err_set(err, "'use_dora' is set: it is not implemented");
    if (options->lora_bias) return err_set(err, "'lora_bias' is set: it is not implemented");
    if (options->bias != ADAPTER_BIAS_NONE)
        return err_set(err, "'bias' is '%s': only none is implemented",
                       options->bias == ADAPTER_BIAS_ALL ? "all" : "lora_only");
    return true;
}

static bool find_all(struct target *targets, const struct search *search, struct err *err)
{
    const size_t layers = search->config->layers;
    size_t found = 0;

    if (!refuse_others(search, err)) return false;
    for (size_t layer = 0; layer < layers; layer++)
        for (size_t i = 0; i < WEIGHT_LINEARS; i++, targets++) {
            if (!find_one(search, layer, weight_linears[i], targets, err)) return false;
            if (targets->rank > 0) found++;
        }
    if (search->all) {
        if (!find_one(search, layers, WEIGHT_EMBEDDING, &targets[0], err) ||
            !find_one(search, layers, WEIGHT_HEAD, &targets[1], err))
            return false;
        found += targets[0].rank + targets[1].rank;
    }
    return found > 0 || err_set(err, "'target_modules' names no module of this model");
}

static bool find(struct target *targets, const struct adapter_options *options,
                 const struct config *config, bool all, struct err *err)
{
    struct search search;
    bool good;

    if (!check_options(options, err)) return false;
    good = search_open(&search, options, config, err);
    search.all = all;
    good = good && find_all(targets, &search, err);
    search_close(&search);
    return good;
}

bool targets_find(struct target *targets, const struct adapter_options *options,
                  const struct config *config, struct err *err)
{
    return check_forms(options, err) && find(targets, options, config, false, err);
}

bool targets_find_all(struct target *targets, const struct adapter_options *options,
                      const struct config *config, struct err *err)
{
    return find(targets, options, config, true, err);
}

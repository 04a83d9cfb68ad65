/* What is said about an adapter, by whoever starts a training run or by an adapter_config.json: how
 * large it is and to which modules it is added. Which modules that are is found in
 * adapter/targets. */
#ifndef ADAPTER_ADAPTER_OPTIONS_H
#define ADAPTER_ADAPTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct name_list {
    char **items; /* owned */
    size_t count, room;
};

/* Modules by their names or the ends of these behind a dot; or, where pattern is not NULL, by a
 * regular expression for the whole name (adapter/pattern). */
struct selection {
    struct name_list names;
    char *pattern; /* owned */
};

/* Another value for the modules whose names end as a regular expression says; the first one that
 * fits counts. */
struct override {
    char *ending; /* owned */
    double value;
};

struct override_list {
    struct override *items;
    size_t count, room;
};

/* Biases that were trained, too, and stand whole in the file. */
enum adapter_bias { ADAPTER_BIAS_NONE, ADAPTER_BIAS_ALL, ADAPTER_BIAS_LORA_ONLY };

struct adapter_options {
    size_t rank;
    double alpha;
    double dropout;           /* a probability below 1 */
    bool rslora;              /* scale by alpha / sqrt(rank), not by alpha / rank */
    struct selection targets; /* empty: q_proj and v_proj; the pattern may be 'all-linear' */
    struct selection excluded;
    struct override_list ranks, alphas;
    size_t *layers; /* owned; only names that are targets in these layers; none: in all */
    size_t layer_count, layer_room;
    struct name_list layers_pattern; /* what stands before a layer's number; none: anything */
    char *base_model;                /* owned: its name or path, to show; or NULL */

    /* What can be folded, but not trained. */
    struct name_list saved; /* modules that were trained whole */
    bool dora;              /* rows have lengths of their own */
    bool lora_bias;         /* B has a bias */
    bool tied;              /* the output follows the embedding where the model ties them */
    enum adapter_bias bias;
};

void adapter_options_init(struct adapter_options *options); /* PEFT's: rank 8, alpha 8 */
void adapter_options_copy(struct adapter_options *to, const struct adapter_options *from);
void adapter_options_release(struct adapter_options *options);

/* Texts are copied. */
void name_list_add(struct name_list *list, const char *name);
void override_list_add(struct override_list *list, const char *ending, double value);
void adapter_options_add_layer(struct adapter_options *options, size_t layer);

#endif

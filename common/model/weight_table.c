#include "model/weight_table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum extent { NONE, HIDDEN, FEED, QUERIES, KEYS, HEAD, VOCABULARY };
enum owner { ALL, UNTIED, QKV_BIAS, O_BIAS, MLP_BIAS, QK_NORM };
enum order { PLAIN, BY_HEAD, BY_KV_HEAD };

/* Names within a layer, or of the whole model. */
static const struct row {
    const char *hf, *gguf;
    enum extent rows, columns;
    enum owner owner;
    enum order order; /* whose rows of a head are interleaved */
} table[WEIGHT_ROLES] = {
    [WEIGHT_EMBEDDING] = {"model.embed_tokens.weight", "token_embd.weight", VOCABULARY, HIDDEN, ALL,
                          PLAIN},
    [WEIGHT_FINAL_NORM] = {"model.norm.weight", "output_norm.weight", HIDDEN, NONE, ALL, PLAIN},
    [WEIGHT_HEAD] = {"lm_head.weight", "output.weight", VOCABULARY, HIDDEN, UNTIED, PLAIN},
    [WEIGHT_INPUT_NORM] = {"input_layernorm.weight", "attn_norm.weight", HIDDEN, NONE, ALL, PLAIN},
    [WEIGHT_Q] = {"self_attn.q_proj.weight", "attn_q.weight", QUERIES, HIDDEN, ALL, BY_HEAD},
    [WEIGHT_K] = {"self_attn.k_proj.weight", "attn_k.weight", KEYS, HIDDEN, ALL, BY_KV_HEAD},
    [WEIGHT_V] = {"self_attn.v_proj.weight", "attn_v.weight", KEYS, HIDDEN, ALL, PLAIN},
    [WEIGHT_O] = {"self_attn.o_proj.weight", "attn_output.weight", HIDDEN, QUERIES, ALL, PLAIN},
    [WEIGHT_Q_BIAS] = {"self_attn.q_proj.bias", "attn_q.bias", QUERIES, NONE, QKV_BIAS, BY_HEAD},
    [WEIGHT_K_BIAS] = {"self_attn.k_proj.bias", "attn_k.bias", KEYS, NONE, QKV_BIAS, BY_KV_HEAD},
    [WEIGHT_V_BIAS] = {"self_attn.v_proj.bias", "attn_v.bias", KEYS, NONE, QKV_BIAS, PLAIN},
    [WEIGHT_O_BIAS] = {"self_attn.o_proj.bias", "attn_output.bias", HIDDEN, NONE, O_BIAS, PLAIN},
    [WEIGHT_Q_NORM] = {"self_attn.q_norm.weight", "attn_q_norm.weight", HEAD, NONE, QK_NORM, PLAIN},
    [WEIGHT_K_NORM] = {"self_attn.k_norm.weight", "attn_k_norm.weight", HEAD, NONE, QK_NORM, PLAIN},
    [WEIGHT_FEED_NORM] = {"post_attention_layernorm.weight", "ffn_norm.weight", HIDDEN, NONE, ALL,
                          PLAIN},
    [WEIGHT_GATE] = {"mlp.gate_proj.weight", "ffn_gate.weight", FEED, HIDDEN, ALL, PLAIN},
    [WEIGHT_UP] = {"mlp.up_proj.weight", "ffn_up.weight", FEED, HIDDEN, ALL, PLAIN},
    [WEIGHT_DOWN] = {"mlp.down_proj.weight", "ffn_down.weight", HIDDEN, FEED, ALL, PLAIN},
    [WEIGHT_GATE_BIAS] = {"mlp.gate_proj.bias", "ffn_gate.bias", FEED, NONE, MLP_BIAS, PLAIN},
    [WEIGHT_UP_BIAS] = {"mlp.up_proj.bias", "ffn_up.bias", FEED, NONE, MLP_BIAS, PLAIN},
    [WEIGHT_DOWN_BIAS] = {"mlp.down_proj.bias", "ffn_down.bias", HIDDEN, NONE, MLP_BIAS, PLAIN},
};

/* What stands before the number of a layer. */
static const char *const layer_prefix[WEIGHT_NAMINGS] = {"model.layers.", "blk."};

static const struct {
    const char *name;
    bool per_layer;
} derived[WEIGHT_NAMINGS][2] = {
    [WEIGHT_HF] = {{"self_attn.rotary_emb.inv_freq", true}, {"model.rotary_emb.inv_freq", false}},
    [WEIGHT_GGUF] = {{"rope_freqs.weight", false}, {"attn_rot_embd", true}},
};

const enum weight_role weight_linears[WEIGHT_LINEARS] = {
    WEIGHT_Q, WEIGHT_K, WEIGHT_V, WEIGHT_O, WEIGHT_GATE, WEIGHT_UP, WEIGHT_DOWN};

static const enum weight_role biases[WEIGHT_LINEARS] = {
    WEIGHT_Q_BIAS,    WEIGHT_K_BIAS,  WEIGHT_V_BIAS,   WEIGHT_O_BIAS,
    WEIGHT_GATE_BIAS, WEIGHT_UP_BIAS, WEIGHT_DOWN_BIAS};

size_t weight_linear(enum weight_role role)
{
    size_t which = 0;

    while (which < WEIGHT_LINEARS && weight_linears[which] != role) which++;
    assert(which < WEIGHT_LINEARS);
    return which;
}

enum weight_role weight_bias(enum weight_role linear)
{
    return biases[weight_linear(linear)];
}

static const char *name_of(enum weight_role role, enum weight_naming naming)
{
    return naming == WEIGHT_HF ? table[role].hf : table[role].gguf;
}

bool weight_per_layer(enum weight_role role)
{
    return role >= WEIGHT_INPUT_NORM;
}

bool weight_present(enum weight_role role, const struct config *config)
{
    switch (table[role].owner) {
    case UNTIED: return !config->tied;
    case QKV_BIAS: return config->qkv_bias;
    case O_BIAS: return config->output_bias;
    case MLP_BIAS: return config->feed_bias;
    case QK_NORM: return config->qk_norm;
    case ALL: break;
    }
    return true;
}

static uint64_t extent_of(enum extent extent, const struct config *config)
{
    switch (extent) {
    case HIDDEN: return config->hidden;
    case FEED: return config->feed;
    case QUERIES: return (uint64_t)config->heads * config->head_dim;
    case KEYS: return (uint64_t)config->kv_heads * config->head_dim;
    case HEAD: return config->head_dim;
    case VOCABULARY: return config->vocabulary;
    case NONE: break;
    }
    return 0;
}

unsigned weight_shape(enum weight_role role, const struct config *config, uint64_t shape[2])
{
    shape[0] = extent_of(table[role].rows, config);
    shape[1] = extent_of(table[role].columns, config);
    return table[role].columns == NONE ? 1 : 2;
}

uint32_t weight_heads_permuted(enum weight_role role, const struct config *config)
{
    if (!family_info(config->family)->interleaved) return 0;
    switch (table[role].order) {
    case BY_HEAD: return config->heads;
    case BY_KV_HEAD: return config->kv_heads;
    case PLAIN: break;
    }
    return 0;
}

void weight_name(enum weight_role role, enum weight_naming naming, size_t layer,
                 char name[WEIGHT_NAME])
{
    if (weight_per_layer(role))
        snprintf(name, WEIGHT_NAME, "%s%zu.%s", layer_prefix[naming], layer, name_of(role, naming));
    else
        snprintf(name, WEIGHT_NAME, "%s", name_of(role, naming));
}

/* Takes what stands before a name within a layer, whose number is written as weight_name would. */
static bool take_layer(struct text *name, enum weight_naming naming, size_t *layer)
{
    const size_t before = strlen(layer_prefix[naming]);
    size_t at = before;

    *layer = 0;
    if (name->len <= before || memcmp(name->at, layer_prefix[naming], before) != 0) return false;
    for (; at < name->len && at < before + 6 && name->at[at] >= '0' && name->at[at] <= '9'; at++)
        *layer = *layer * 10 + (size_t)(name->at[at] - '0');
    if (at == before || at == name->len || name->at[at] != '.') return false;
    if (name->at[before] == '0' && at > before + 1) return false;
    *name = (struct text){name->at + at + 1, name->len - at - 1};
    return true;
}

bool weight_of_name(struct text name, enum weight_naming naming, enum weight_role *role,
                    size_t *layer)
{
    const bool inside = take_layer(&name, naming, layer);

    for (int i = 0; i < WEIGHT_ROLES; i++) {
        *role = (enum weight_role)i;
        if (weight_per_layer(*role) == inside && text_is(name, name_of(*role, naming))) return true;
    }
    return false;
}

bool weight_is_derived(struct text name, enum weight_naming naming)
{
    size_t layer;
    const bool inside = take_layer(&name, naming, &layer);

    for (size_t i = 0; i < 2; i++)
        if (derived[naming][i].per_layer == inside && text_is(name, derived[naming][i].name))
            return true;
    return false;
}

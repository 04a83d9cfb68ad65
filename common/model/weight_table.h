/* The weights of a model, in one table: their names in either kind of file, their shapes, and
 * which models have them. Loading, saving, folding and exporting all go by it.
 *
 * GGUF files of some families (family_info.interleaved) hold the rows of each head of q and k in
 * another order, so that dimensions which are turned together stand side by side: row 2j + s of a
 * head is row s head_dim / 2 + j elsewhere. */
#ifndef MODEL_WEIGHT_TABLE_H
#define MODEL_WEIGHT_TABLE_H

#include "core/memory.h"
#include "model/config.h"

enum weight_role {
    WEIGHT_EMBEDDING,
    WEIGHT_FINAL_NORM,
    WEIGHT_HEAD,       /* of the output; where it is tied the embedding takes its part */
    WEIGHT_INPUT_NORM, /* from here on one in each layer */
    WEIGHT_Q,
    WEIGHT_K,
    WEIGHT_V,
    WEIGHT_O,
    WEIGHT_Q_BIAS,
    WEIGHT_K_BIAS,
    WEIGHT_V_BIAS,
    WEIGHT_O_BIAS,
    WEIGHT_Q_NORM,
    WEIGHT_K_NORM,
    WEIGHT_FEED_NORM,
    WEIGHT_GATE,
    WEIGHT_UP,
    WEIGHT_DOWN,
    WEIGHT_GATE_BIAS,
    WEIGHT_UP_BIAS,
    WEIGHT_DOWN_BIAS,
    WEIGHT_ROLES
};

enum { WEIGHT_LINEARS = 7 };

/* The linear layers of each layer in the order in which a model lists its modules: what can be
 * adapted, and quantised. */
extern const enum weight_role weight_linears[WEIGHT_LINEARS];

/* Which of them; the role is one. */
size_t weight_linear(enum weight_role role);

/* The role of its bias. */
enum weight_role weight_bias(enum weight_role linear);

enum weight_naming { WEIGHT_HF, WEIGHT_GGUF, WEIGHT_NAMINGS };

#define WEIGHT_NAME 80 /* bytes of a name, with its end */

bool weight_per_layer(enum weight_role role);

/* Does a model have it as a tensor of its own? */
bool weight_present(enum weight_role role, const struct config *config);

/* Its rank, 1 or 2; the shape is written outermost first, as in struct tensor. */
unsigned weight_shape(enum weight_role role, const struct config *config, uint64_t shape[2]);

/* How many heads' rows stand interleaved in a GGUF file, or 0. */
uint32_t weight_heads_permuted(enum weight_role role, const struct config *config);

/* The layer is ignored where there is one weight for the whole model. */
void weight_name(enum weight_role role, enum weight_naming naming, size_t layer,
                 char name[WEIGHT_NAME]);

/* Which weight has this name; false when none has. The layer may be one the model lacks. */
bool weight_of_name(struct text name, enum weight_naming naming, enum weight_role *role,
                    size_t *layer);

/* Is this the name of a tensor that is computed from the config, and left alone where it stands? */
bool weight_is_derived(struct text name, enum weight_naming naming);

#endif

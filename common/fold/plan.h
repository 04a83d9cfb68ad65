/* The tensors of the result, in the order in which they are written: as they stand in the files of
 * the base, or, of a GGUF file, layer by layer.
 *
 * Where a tied output and the embedding come apart, the output becomes a tensor of its own. In one
 * file larger formats stand first, because elements are aligned to their size. */
#ifndef FOLD_PLAN_H
#define FOLD_PLAN_H

#include "fold/patches.h"
#include "model/model.h"

struct plan_item {
    enum weight_role role;
    size_t layer;
    enum dtype dtype; /* of the output */
    size_t shard;     /* the file of the base that it stood in */
    struct matrix source;
    bool changed; /* by some adapter */
};

struct plan {
    const struct model *model; /* borrowed, as the adapters */
    const struct patches *adapters;
    size_t adapter_count;
    struct plan_item *items;
    size_t count, room;
    size_t shards;
    bool tied; /* the result is */
};

struct plan_wish {
    bool same;        /* each stays in its format, but for those not written, which become BF16 */
    enum dtype dtype; /* else of all */
    bool shards;      /* those of the base are kept; else there is one */
};

bool plan_make(struct plan *plan, const struct model *model, const struct patches *adapters,
               size_t adapter_count, const struct plan_wish *wish, struct err *err);
void plan_release(struct plan *plan);

/* As it is to be declared; name is room for its text. */
struct tensor plan_tensor(const struct plan *plan, size_t item, char name[WEIGHT_NAME]);
uint64_t plan_bytes(const struct plan *plan); /* of all tensors */

#endif

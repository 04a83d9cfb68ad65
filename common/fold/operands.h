/* What a weight is folded with: its adapters' factors, taken from their files when its turn
 * comes. */
#ifndef FOLD_OPERANDS_H
#define FOLD_OPERANDS_H

#include "fold/plan.h"
#include "fold/rows.h"

struct operands {
    struct rows rows;
    const struct plan *plan; /* borrowed */
    const struct plan_item *item;
    struct term *terms; /* owned */
    size_t count;
};

/* A factor that holds no number fails by its name. After a failure there is nothing to close. */
bool operands_open(struct operands *operands, const struct plan *plan, const struct plan_item *item,
                   enum rounding rounding, struct err *err);
void operands_close(struct operands *operands);

#endif

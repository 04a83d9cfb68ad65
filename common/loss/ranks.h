/* The losses that compare what has the same rank in a microbatch, not what stands in one pair:
 * margins of the policy with margins of the reference (aot), or the scores of chosen answers with
 * those of rejected ones (aot_unpaired). Ranks are ascending; ties go by place. */
#ifndef LOSS_RANKS_H
#define LOSS_RANKS_H

#include "loss/formula.h"

/* Adds weight times the loss, and its slopes, to rows whose sums are filled in. */
void ranks_add(const struct loss *loss, const struct formula *formula, double weight,
               struct loss_row *rows, size_t count);

#endif

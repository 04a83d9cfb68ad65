/* Moves all weights from the base through the fold to the sink, a few rows at a time.
 *
 * While the team folds some rows, one of its threads writes those before. What was read is given
 * back at once, so that memory holds a few megabytes of a model of any size. */
#ifndef FOLD_PUMP_H
#define FOLD_PUMP_H

#include "fold/operands.h"
#include "fold/sink.h"
#include "machine/team.h"

struct pump {
    const struct plan *plan;
    struct sink *sink;
    struct team *team;
    enum rounding rounding;
    void (*progress)(uint64_t done, uint64_t all); /* bytes; or NULL */
};

/* tally: of the weights that were to change. */
bool pump_run(const struct pump *pump, struct fold_tally *tally, struct err *err);

#endif

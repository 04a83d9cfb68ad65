/* The learning rate that falls when evaluations stop getting better: torch's ReduceLROnPlateau as
 * transformers uses it. A result is better when it is below the best one by a part of that; after
 * more than 'patience' others in a row the rate is multiplied by the factor. */
#ifndef OPTIMIZER_PLATEAU_H
#define OPTIMIZER_PLATEAU_H

#include "core/err.h"
#include "optimizer/schedule.h"

#include <jansson.h>

struct plateau {
    double factor, threshold;
    uint64_t patience;

    double rate; /* for the next updates */
    double best;
    uint64_t bad; /* results in a row that were not better */
};

void plateau_init(struct plateau *plateau, const struct schedule *schedule);

/* After each evaluation, with a result that is better when it is less; one that is NaN is not
 * better. Returns whether the rate fell. */
bool plateau_step(struct plateau *plateau, double result);

/* What changes, as JSON and from it: the settings are the schedule's. */
json_t *plateau_save(const struct plateau *plateau);
bool plateau_load(struct plateau *plateau, const json_t *saved, struct err *err);

#endif

#include "control/plan.h"

#include <inttypes.h>
#include <math.h>

#define UPDATES_LIMIT 1e7 /* a plan looks at each one */

static uint64_t ceil_divide(uint64_t number, uint64_t by)
{
    return number / by + (number % by != 0);
}

bool plan_count(struct schedule_counts *counts, uint64_t examples, size_t batch,
                size_t accumulation, double epochs, uint64_t max_steps, struct err *err)
{
    double updates;

    if (examples == 0) return err_set(err, "there is no example to train on");
    if (batch == 0) return err_set(err, "'--batch-size' is 0");
    if (accumulation == 0) return err_set(err, "'--gradient-accumulation' is 0");
    if (max_steps == 0 && !(epochs > 0))
        return err_set(err, "'--epochs %g' is not above 0, and there is no --max-steps", epochs);
    counts->batches_per_epoch = ceil_divide(examples, batch);
    counts->updates_per_epoch = ceil_divide(counts->batches_per_epoch, accumulation);
    updates = max_steps ? (double)max_steps : ceil(epochs * (double)counts->updates_per_epoch);
    if (!(updates <= UPDATES_LIMIT))
        return err_set(err, "%g updates are more than %g", updates, UPDATES_LIMIT);
    counts->updates = (uint64_t)updates;
    counts->epochs =
        max_steps ? ceil_divide(max_steps, counts->updates_per_epoch) : (uint64_t)ceil(epochs);
    counts->passes = updates / (double)counts->updates_per_epoch;
    return true;
}

#include "optimizer/plateau.h"

#include "control/state.h"

#include <math.h>

/* A smaller step down is not taken, as in torch. */
#define LEAST_STEP 1e-8

void plateau_init(struct plateau *plateau, const struct schedule *schedule)
{
    *plateau =
        (struct plateau){.factor = schedule_number(schedule, SCHEDULE_FACTOR, 0.1),
                         .threshold = schedule_number(schedule, SCHEDULE_THRESHOLD, 1e-4),
                         .patience = (uint64_t)schedule_number(schedule, SCHEDULE_PATIENCE, 10),
                         .rate = schedule->learning_rate,
                         .best = INFINITY};
}

bool plateau_step(struct plateau *plateau, double result)
{
    const double lower = plateau->rate * plateau->factor;
    bool fell;

    if (result < plateau->best * (1 - plateau->threshold)) {
        plateau->best = result;
        plateau->bad = 0;
        return false;
    }
    if (++plateau->bad <= plateau->patience) return false;
    plateau->bad = 0;
    fell = plateau->rate - lower > LEAST_STEP;
    if (fell) plateau->rate = lower;
    return fell;
}

static const struct state_field fields[] = {STATE_FIELD(struct plateau, rate),
                                            STATE_FIELD(struct plateau, best),
                                            STATE_FIELD(struct plateau, bad)};

json_t *plateau_save(const struct plateau *plateau)
{
    return state_save(plateau, fields, sizeof fields / sizeof *fields);
}

bool plateau_load(struct plateau *plateau, const json_t *saved, struct err *err)
{
    struct plateau loaded = *plateau;

    if (!state_load(&loaded, fields, sizeof fields / sizeof *fields, saved, err)) return false;
    *plateau = loaded;
    return true;
}

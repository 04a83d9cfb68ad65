/* The learning rate of each update: a warm-up, and what comes after it. Kinds, their numbers and
 * their formulas are those of transformers (lr_scheduler_type, lr_scheduler_kwargs); docs/math.md
 * has the formulas.
 *
 *     struct schedule schedule;
 *     schedule_parse(&schedule, "cosine_with_min_lr,min_lr_rate=0.1", err)
 *     schedule.learning_rate = 5e-6, schedule.total = 400;
 *     schedule.warmup = schedule_warmup(schedule.total, 0.1);
 *     schedule_check(&schedule, err) */
#ifndef OPTIMIZER_SCHEDULE_H
#define OPTIMIZER_SCHEDULE_H

#include "core/err.h"

#include <stdint.h>

enum schedule_kind {
    SCHEDULE_LINEAR,
    SCHEDULE_COSINE,
    SCHEDULE_COSINE_WITH_RESTARTS,
    SCHEDULE_POLYNOMIAL,
    SCHEDULE_CONSTANT, /* without a warm-up */
    SCHEDULE_CONSTANT_WITH_WARMUP,
    SCHEDULE_INVERSE_SQRT,
    SCHEDULE_COSINE_WITH_MIN_LR,
    SCHEDULE_COSINE_WARMUP_WITH_MIN_LR, /* begins above 0 and ends at the smallest rate */
    SCHEDULE_WARMUP_STABLE_DECAY,
    SCHEDULE_REDUCE_LR_ON_PLATEAU, /* constant here: optimizer/plateau has the rate */
    SCHEDULE_KINDS
};

/* What a kind may be told; their names are transformers'. */
enum schedule_number {
    SCHEDULE_NUM_CYCLES, /* 0.5; with restarts 1 */
    SCHEDULE_POWER,      /* 1 */
    SCHEDULE_LR_END,     /* 1e-7 */
    SCHEDULE_TIMESCALE,  /* the warm-up, or 10000 where there is none */
    SCHEDULE_MIN_LR,     /* this or the next one is needed */
    SCHEDULE_MIN_LR_RATE,
    SCHEDULE_WARMUP_LR_RATE,  /* 1 / warm-up */
    SCHEDULE_NUM_DECAY_STEPS, /* needed */
    SCHEDULE_MIN_LR_RATIO,    /* 0 */
    SCHEDULE_WARMUP_TYPE,     /* an enum schedule_shape: linear */
    SCHEDULE_DECAY_TYPE,      /* the same: cosine */
    SCHEDULE_FACTOR,          /* 0.1 */
    SCHEDULE_PATIENCE,        /* 10 evaluations */
    SCHEDULE_THRESHOLD,       /* 1e-4 of the best */
    SCHEDULE_NUMBERS
};

enum schedule_shape { SHAPE_LINEAR, SHAPE_COSINE, SHAPE_ONE_MINUS_SQRT, SHAPES };

struct schedule {
    enum schedule_kind kind;
    double numbers[SCHEDULE_NUMBERS]; /* NaN: not given */
    double learning_rate;             /* the highest one */
    uint64_t total, warmup;           /* updates */
};

/* Fills all of schedule, but for kind and numbers with 0, from 'KIND[,NAME=VALUE]...'. */
bool schedule_parse(struct schedule *schedule, const char *text, struct err *err);

/* Is all there that the kind needs, nothing that it does not know, and everything in its range? */
bool schedule_check(const struct schedule *schedule, struct err *err);

/* For the update before which so many were done; the schedule is one that was checked. */
double schedule_rate(const struct schedule *schedule, uint64_t updates_done);

double schedule_area(const struct schedule *schedule); /* the sum of all rates */

/* Updates of a warm-up that is given as a part of the total. */
uint64_t schedule_warmup(uint64_t total, double ratio);

double schedule_number(const struct schedule *schedule, enum schedule_number number,
                       double otherwise);

#endif

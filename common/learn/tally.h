/* Sums of what is logged, as TRL takes its averages: each microbatch has a mean of its own, and
 * what is logged is the mean of these, whatever their sizes. Means of a microbatch are over its
 * pairs, or over its scored tokens. */
#ifndef LEARN_TALLY_H
#define LEARN_TALLY_H

#include "core/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum tally_value {
    TALLY_ENTROPY,
    TALLY_LOGITS_CHOSEN,
    TALLY_LOGITS_REJECTED,
    TALLY_TOKEN_ACCURACY,
    TALLY_REWARD_CHOSEN,
    TALLY_REWARD_REJECTED,
    TALLY_REWARD_ACCURACY,
    TALLY_MARGIN,
    TALLY_LOGP_CHOSEN,
    TALLY_LOGP_REJECTED,
    TALLY_KL_ESTIMATE,
    TALLY_VALUES
};

/* The name in logs. */
const char *tally_name(enum tally_value value);

/* Of one microbatch. */
struct tally_part {
    double sums[TALLY_VALUES];
    double weights[TALLY_VALUES]; /* what each sum is divided by; 0: there is none */
};

struct tally {
    double sums[TALLY_VALUES]; /* of the microbatches' means */
    uint64_t counts[TALLY_VALUES];
};

void tally_add(struct tally *tally, const struct tally_part *part);

void tally_merge(struct tally *tally, const struct tally *more);

/* The mean so far; false when there is none. */
bool tally_mean(const struct tally *tally, enum tally_value value, double *mean);

json_t *tally_save(const struct tally *tally);
bool tally_load(struct tally *tally, const json_t *json, struct err *err);

#endif

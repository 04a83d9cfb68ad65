/* Do annotators agree? Cohen's kappa for each two of them over what both have judged.
 *
 * An item is a prompt with two answers, in whichever order; a judgement is which of them an
 * annotator chose. kappa = (seen - expected) / (1 - expected) agreement, the expectation from how
 * often each of the two chose either side. An annotator's score is the mean of his kappas,
 * weighted by the items behind them. One careless annotator lowers everybody's mean, so the worst
 * below the bound goes first and the others are judged again without him.
 *
 * All zero is an empty one; a random key keeps names from being made to collide. */
#ifndef FILTER_AGREEMENT_H
#define FILTER_AGREEMENT_H

#include "core/err.h"
#include "core/memory.h"
#include "hash/hash.h"
#include "records/seen.h"

#include <stdint.h>

#define ANNOTATORS_MOST 1024

struct judgement {
    struct hash128 item;
    uint32_t annotator; /* as agreement_annotator counts them */
    bool first;         /* he chose the answer whose bytes come first */
};

struct kappa {
    uint32_t a, b;     /* annotators, a < b */
    uint64_t table[4]; /* both first; a first; b first; both second */
    double value;      /* kappa_value, after agreement_compute */
};

struct ranked {
    uint32_t annotator;
    double score;
};

struct agreement {
    struct hash_key key;
    struct buffer names[ANNOTATORS_MOST]; /* any bytes */
    struct seen numbers;                  /* by the hash of the name */
    size_t annotators;
    struct judgement *judgements;
    size_t count, room;
    struct kappa *kappas; /* of those who share items; after agreement_compute, the lowest first */
    size_t kappa_count;
    double scores[ANNOTATORS_MOST];         /* NaN where nothing is shared with anybody */
    struct ranked ranking[ANNOTATORS_MOST]; /* after agreement_compute, the lowest first */
    bool dropped[ANNOTATORS_MOST];
};

/* The number of the annotator with that name; false with err when there are too many. */
bool agreement_annotator(struct agreement *agreement, struct text name, uint32_t *number,
                         struct err *err);
void agreement_add(struct agreement *agreement, const struct judgement *judgement);
void agreement_compute(struct agreement *agreement, double bound);
uint64_t kappa_items(const struct kappa *kappa);
double kappa_value(const struct kappa *kappa);
void agreement_release(struct agreement *agreement);

#endif

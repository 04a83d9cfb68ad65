/* Which examples an update sees: the order of each epoch, cut into microbatches.
 *
 * As transformers' Trainer does it: every epoch has an order of its own, drawn from the seed and
 * its number; the last microbatch of an epoch may be smaller, the last update may have fewer of
 * them, and neither reaches into the next epoch. With a curriculum the first epoch goes by the
 * gap. */
#ifndef LEARN_FEED_H
#define LEARN_FEED_H

#include "examples/examples.h"

struct feed {
    const struct examples *examples; /* borrowed */
    size_t batch, accumulation;      /* examples of a microbatch, microbatches of an update */
    bool shuffled, curriculum;
    uint64_t seed;

    size_t *order; /* of that epoch */
    uint64_t epoch;
    bool ordered;
};

/* The examples of one update, microbatch after microbatch. */
struct feed_update {
    const size_t *picked; /* good until the next call */
    size_t count;
    size_t microbatches;
};

struct feed_update feed_at(struct feed *feed, uint64_t update);
void feed_release(struct feed *feed);

size_t feed_updates(const struct feed *feed); /* of an epoch */

/* The epochs that are done after so many updates, as a fraction. */
double feed_epochs(const struct feed *feed, uint64_t updates);

#endif

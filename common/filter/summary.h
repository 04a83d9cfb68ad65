/* What a set of pairs is made of: where from, about what, how long, and whether its length alone
 * would tell the better answer. Constant memory: labels beyond the first few hundred are counted
 * together, lengths go into bins of about six per cent. */
#ifndef FILTER_SUMMARY_H
#define FILTER_SUMMARY_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

#define SUMMARY_LABELS 256
#define SUMMARY_BINS 512

struct summary_label {
    char *name; /* NULL ends the list; it may hold NUL bytes */
    size_t len;
    uint64_t count;
};

/* What one pair adds. */
struct summary_item {
    struct text source, topic; /* len 0: none */
    size_t chars[3];           /* prompt, chosen, rejected */
};

struct summary {
    uint64_t count, chosen_longer, same_length;
    struct summary_label sources[SUMMARY_LABELS + 1], topics[SUMMARY_LABELS + 1];
    uint64_t other_sources, other_topics, no_topic;
    uint64_t bins[3][SUMMARY_BINS];
    size_t least[3], most[3]; /* characters; 0 when count is */
};

void summary_add(struct summary *summary, const struct summary_item *item);

/* The number of characters that this share of the prompts (0), chosen (1) or rejected (2) texts
 * stays under, good to six per cent; of 0 and 1, the exact minimum and maximum. */
uint64_t summary_quantile(const struct summary *summary, int which, double share);

/* How often 'the longer answer is the better one' is right; a tie is right half of the time. */
double summary_longer_is_right(const struct summary *summary);

void summary_sort(struct summary *summary); /* the most frequent labels first */
void summary_release(struct summary *summary);

#endif

/* What a review says: whose answers people found better, and is it more than chance?
 *
 * A win is a choice of the new answer, a loss one of the baseline's. The win rate is that of the
 * choices that are no ties, with Wilson's interval; the score counts a tie as half a win, with an
 * interval by bootstrap. p is the sign test's: would a coin, thrown for each choice that is no tie,
 * be as far from the middle? */
#ifndef REVIEW_OUTCOME_H
#define REVIEW_OUTCOME_H

#include "review/duels.h"
#include "review/verdicts.h"

struct outcome_counts {
    size_t wins, losses, ties;
};

struct outcome_group {
    struct text category; /* borrowed from the results; at is NULL for records without one */
    struct outcome_counts counts;
};

struct outcome {
    struct outcome_counts all;
    struct outcome_group *groups; /* in the order in which they first occur */
    size_t group_count;
    size_t open;         /* verdicts without a choice */
    size_t sides[2];     /* how often answer 1 and answer 2 were chosen, whoever's they were */
    size_t *duels;       /* of each verdict: which one it is about */
    signed char *values; /* of each verdict: 1 a win, -1 a loss, 0 a tie or open */
};

struct outcome_rate {
    double rate, low, high; /* NaN without a win or a loss */
    double p;
    double score, score_low, score_high;
};

/* Says of each choice whose answer it was. seed is the sheet's, or NULL where nobody named it:
 * verdicts with keys need none, and keys tell the sides by themselves, of sheets of any age. False
 * with err for a record that is not in the results, one that
 * was judged twice, or verdicts on other answers than these. */
bool outcome_find(struct outcome *outcome, const struct verdicts *verdicts,
                  const struct duels *duels, const uint64_t *seed, struct err *err);
void outcome_release(struct outcome *outcome);

struct outcome_rate outcome_rate(struct outcome_counts counts);
double outcome_side_p(const struct outcome *outcome); /* is one side chosen more than chance? */

#endif

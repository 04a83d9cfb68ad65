/* How alike are two texts?
 *
 * chrF: of the runs of 1 to 6 characters (white space left out) the precision and the recall, each
 * the mean over the lengths that both texts have, in one number that values recall beta = 2 times:
 *
 *     F = (1 + beta^2) p r / (beta^2 p + r)
 *
 * from 0 to 1; 100 times this is sacrebleu's sentence score. Bytes that are not UTF-8 are
 * characters of their own. */
#ifndef JUDGE_SIMILARITY_H
#define JUDGE_SIMILARITY_H

#include "judge/answer.h"

double similarity_chrf(struct text generated, struct text reference);

/* The share of the concepts ('risk_first') that stand in the text as whole words; 0 for none. */
double similarity_concepts(const struct text *concepts, size_t count, struct text generated,
                           struct judge_desk *desk);

#endif

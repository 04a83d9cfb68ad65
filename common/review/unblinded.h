/* A review as a file of results (results/results.h), for dpo-report and gates: each record with
 * both answers, what was chosen and the note.
 *
 *     {"id":"cma_017","prompt":...,"generated":...,"reference":...,"choice":"now","note":"clearer",
 *      "scores":{"win_rate":1,"win_score":1},"groups":{"category":"rates"}}
 *     {"metrics":{"win_rate":0.63,"win_rate/low":0.47,"win_rate/high":0.77,"win_score":0.6,...}}
 *
 * A choice is 'now', 'baseline', 'tie' or null. A tie has the win_score 0.5 and no win_rate. */
#ifndef REVIEW_UNBLINDED_H
#define REVIEW_UNBLINDED_H

#include "review/outcome.h"

void unblinded_write(const struct outcome *outcome, const struct verdicts *verdicts,
                     const struct duels *duels, struct buffer *out);

#endif

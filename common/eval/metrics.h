/* What a test says of a model, in numbers. dpo-eval(1) defines them; rewards are
 * beta (log p(answer) - log p_reference(answer)), as in TRL. */
#ifndef EVAL_METRICS_H
#define EVAL_METRICS_H

#include "eval/marks.h"
#include "eval/score.h"
#include "run/figures.h"

/* Marks each pair that was scored; what depends on a reference only with adapted. */
void metrics_mark(struct marks *marks, const struct examples *examples, const struct score *scores,
                  double beta, bool adapted);

/* Marks what the model without its adapter makes of the pairs. */
void metrics_mark_reference(struct marks *marks, const struct examples *examples,
                            const struct score *scores);

/* Appends the mean of each column, in the order of dpo-eval(1). */
void metrics_means(const struct marks *marks, struct figures *metrics);

/* Appends what no mean of records is: of their tokens, and counts. */
void metrics_totals(const struct examples *examples, const struct score *scores, bool adapted,
                    struct figures *metrics);

#endif

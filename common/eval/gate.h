/* What the user asks of the metrics: 'reward_accuracy >= 0.7'. */
#ifndef EVAL_GATE_H
#define EVAL_GATE_H

#include "eval/metrics.h"

struct gate {
    enum metric metric;
    const char *sign;
    double value;
};

/* Reads 'METRIC OP VALUE', where OP is one of < <= > >= = == != and blanks may be left out. The
 * metric must be one that is measured. */
bool gate_parse(struct gate *gate, const char *text, bool adapted, struct err *err);

/* False with a line that says by how much it is not met. */
bool gate_check(const struct gate *gate, const struct metrics *metrics, struct err *err);

#endif

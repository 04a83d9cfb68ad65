/* What the user asks of the metrics: 'reward_accuracy >= 0.7', 'answer_accuracy > baseline + 0.08',
 * 'p < 0.05'. */
#ifndef EVAL_GATE_H
#define EVAL_GATE_H

#include "core/err.h"
#include "core/memory.h"

/* Where a number is from. */
enum gate_source {
    GATE_NOW,
    GATE_BASELINE,
    GATE_PREVIOUS,   /* the last run in the history */
    GATE_P,          /* of the comparison with the baseline: p(answer_accuracy), ... */
    GATE_DIFFERENCE, /* difference(answer_accuracy), ... */
    GATE_LOW         /* low(answer_accuracy): the lower end of the difference's interval */
};

struct gate {
    enum gate_source source;
    struct text name;  /* of the metric; empty after 'p' alone, which means the first metric */
    struct text shown; /* as it was written */
    const char *sign;
    bool relative; /* to the same metric of base */
    enum gate_source base;
    double value; /* what to compare with, or what to add to the base */
};

/* Reads 'METRIC OP VALUE', where OP is one of < <= > >= = == !=, VALUE a number, 'baseline' or
 * 'previous', or one of those with '+ X' or '- X' behind it; blanks may be left out. METRIC is a
 * name, p, or p, difference or low with a name in parentheses; these are of a comparison already,
 * and VALUE is a number then. Keeps text. Names are not looked at. */
bool gate_parse(struct gate *gate, const char *text, struct err *err);

/* How a gate comes to its numbers. find is false where there is no such number, and puts NaN where
 * it will be known only later, or where nothing is remembered of a previous run. */
struct gate_numbers {
    bool (*find)(void *context, enum gate_source source, struct text name, double *value);
    void *context;
    const char *names; /* of what is measured, for an error; or NULL */
};

/* Are there all the numbers it asks for? False with what is wrong: a usage error. To be asked
 * before the work, too. */
bool gate_known(const struct gate *gate, const struct gate_numbers *numbers, struct err *err);

/* After the work: does it ask for a previous run where there was none? Then it is met. */
bool gate_is_first(const struct gate *gate, const struct gate_numbers *numbers);

/* False with a line that says by how much a known gate is not met. NaN meets none. */
bool gate_check(const struct gate *gate, const struct gate_numbers *numbers, struct err *err);

#endif

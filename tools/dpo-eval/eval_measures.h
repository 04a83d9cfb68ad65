/* What dpo-eval measures: groups of metrics, as --metrics names them. */
#ifndef TOOLS_EVAL_MEASURES_H
#define TOOLS_EVAL_MEASURES_H

#include <stdbool.h>

enum eval_group {
    EVAL_PREFERENCE,
    EVAL_ANSWER,
    EVAL_FORMAT,
    EVAL_CONSISTENCY,
    EVAL_AGREEMENT,
    EVAL_QUIZ,
    EVAL_VOICE,
    EVAL_RETENTION,
    EVAL_LENGTHS,
    EVAL_GROUPS
};

/* Reads --metrics, and what other options ask for; dies of a name that is none. */
void eval_measures_take(void);

bool eval_measures(enum eval_group group);
bool eval_generates(void); /* is anything to be generated? */

/* Is a metric of this name measured? Dies where it needs an adapter, and there is none. */
bool eval_measured(const char *name);

/* Is it measured of each record, so that it can be compared? Of the reference, too? */
bool eval_measures_pairs(const char *name, bool reference);
bool eval_measured_reference(const char *name);

/* All names of these, between commas. */
const char *eval_measured_names(void);

#endif

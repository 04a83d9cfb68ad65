/* Ours against a baseline, metric by metric, on the prompts that both were asked. */
#ifndef EVAL_COMPARISON_H
#define EVAL_COMPARISON_H

#include "eval/pairing.h"
#include "statistics/paired.h"

struct comparison_row {
    const char *name; /* of the metric; in the marks of ours */
    struct paired paired;
    size_t better, worse; /* records; see results/goal.h */
    const char *test;     /* that p is of: mcnemar where all scores are 0 or 1, else t */
    double p, p_holm;     /* p_holm: with all metrics here in mind; NaN where unknown */
    double detectable;    /* the smallest gain that could be found: see statistics/detect.h */
};

struct comparison {
    char *baseline; /* what to call it */
    struct pairing pairing;
    struct comparison_row *rows; /* of the metrics that both have, in our order */
    size_t count;
};

/* Before now has its scores: on how many of its records does the baseline have one of this name?
 * With NULL, how many are in both, whatever their scores? */
size_t comparison_reach(const struct marks *now, const struct marks *baseline, const char *name);

/* Sets err: not one prompt is in both. */
bool comparison_refuse(const struct marks *now, const struct marks *baseline, const char *name,
                       struct err *err);

/* Keeps now's names: it must live as long. False where both have no prompt, or no metric, in
 * common. */
bool comparison_make(struct comparison *comparison, const struct marks *now,
                     const struct marks *baseline, const char *name, uint32_t seed,
                     struct err *err);
void comparison_release(struct comparison *comparison);

const struct comparison_row *comparison_named(const struct comparison *comparison,
                                              const char *name); /* or NULL */

/* Appends the JSON object that stands in the last line of results:
 *
 *     {"baseline":"base.jsonl","records":71,"only_now":0,"only_baseline":0,"metrics":
 *      {"answer_accuracy":{"n":71,"baseline":0.55,"now":0.63,"difference":0.08,"low":-0.01,
 *       "high":0.18,"p":0.18,"test":"mcnemar","p_holm":0.36,"p_t":0.17,"p_welch":0.31,
 *       "p_wilcoxon":0.17,"p_mcnemar":0.18,"better":10,"worse":4,"cohens_d":0.16,
 *       "detectable":0.18},...}}
 *
 * What is not known is null. */
void comparison_json(const struct comparison *comparison, struct buffer *out);

#endif

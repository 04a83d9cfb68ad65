/* Answers to look at side by side: before and after, the most telling first. */
#ifndef REPORT_SHOWCASE_H
#define REPORT_SHOWCASE_H

#include "report/dossier.h"

#define SHOWCASE_MOST ((size_t)12)

/* Texts are owned; at is NULL where there is none. */
struct sample {
    struct text title; /* the record's id, or the step */
    struct text prompt, before, after, wanted;
    double score_before, score_after; /* of the metric; NaN */
};

struct showcase {
    const char *before, *after; /* what the two sides are called */
    struct metric metric;       /* that the scores are of; words NULL: none */
    struct sample items[SHOWCASE_MOST];
    size_t count;
    size_t of;         /* so many there would be */
    const char *order; /* in which they come, in words */
};

/* Of two results; of the last of several and the first. Of one that has what the model without its
 * adapter said, of that; else what the first run with samples logged last. */
void showcase_find(struct showcase *samples, const struct dossier *dossier);
void showcase_release(struct showcase *samples);

#endif

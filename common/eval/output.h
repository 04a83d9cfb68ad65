/* The results of a test, as JSONL: a line for each record, then the metrics. dpo-results(5) tells
 * what stands in them. Numbers are as short as they can be and still be read back as they are, and
 * nothing depends on the time or on the machine. */
#ifndef EVAL_OUTPUT_H
#define EVAL_OUTPUT_H

#include "core/outfile.h"
#include "eval/answers.h"
#include "eval/marks.h"
#include "eval/score.h"
#include "run/figures.h"

/* All is borrowed; what was not measured is NULL. */
struct output {
    struct questions *questions;
    const struct examples *examples; /* with scores */
    const struct score *scores;
    const struct answers *answers;
    const struct marks *marks;
    const struct figures *metrics;
    struct text more; /* further members of the last line: ',"made_by":{...}' */
};

bool output_write(const struct output *output, struct outfile *out, struct err *err);

/* A SHA-256 over the lines of all questions. */
bool output_digest(struct questions *questions, char out[65], struct err *err);

#endif

/* The results of a test, as JSONL: a line for each record, then the metrics.
 *
 *     {"id":...,"prompt":...,"chosen":...,"rejected":...,"correct":true,
 *      "logps":{"chosen":-7.25,"rejected":-9.5},"ref_logps":{...},"tokens":{...}}
 *     {"id":...,"prompt":...,"chosen":...,"rejected":...,"dropped":true}
 *     {"metrics":{"preference_accuracy":0.5,...}}
 *
 * Numbers are as short as they can be and still be read back as they are. */
#ifndef EVAL_RESULTS_H
#define EVAL_RESULTS_H

#include "core/outfile.h"
#include "eval/metrics.h"

bool results_write(struct examples *examples, const struct score *scores,
                   const struct metrics *metrics, struct outfile *out, struct err *err);

#endif

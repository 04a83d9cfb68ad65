/* One test of a model by dpo-eval: what it needs, and what came of it. Whatever goes wrong ends the
 * program. */
#ifndef TOOLS_EVAL_TEST_H
#define TOOLS_EVAL_TEST_H

#include "adapter/adapter.h"
#include "base/base.h"
#include "core/outfile.h"
#include "dpo-eval/eval_outcome.h"
#include "eval/answers.h"
#include "eval/judging.h"
#include "eval/score.h"
#include "model/identity.h"

struct eval_test {
    struct language language;
    struct model model;
    struct base base;
    struct adapter adapter;
    struct team *team;
    struct decoder decoder;
    struct examples examples; /* where preferences are measured */
    struct scorer scorer;
    struct questions questions;
    struct ends ends;
    struct text *stops;
    struct answers answers;
    struct journal journal;
    struct voice voice;
    struct judging judging;

    char identity[MODEL_IDENTITY], digest[65]; /* of the model's weights; of the records */
    char adapted[65];                          /* of the adapter, where there is one */
    uint64_t recalled;                         /* answers that an earlier process had kept */
    double scoring, answering;                 /* seconds */
};

/* Opens all that there is and reads the records: mistakes are told before anything is computed. */
void eval_test_open(struct eval_test *test, char **files);

/* Marks what each record is known by, and what it belongs to. */
void eval_test_list(struct eval_test *test, struct eval_outcome *outcome);

/* Scores, asks, judges; fills marks and metrics, and with --compare those of the baseline. */
void eval_test_run(struct eval_test *test, struct eval_outcome *outcome);

/* The parts of it. */
void eval_test_ask(struct eval_test *test);
void eval_test_mark(struct eval_test *test, struct eval_outcome *outcome);

/* Writes the results, with more in their last line. */
bool eval_test_write(struct eval_test *test, const struct eval_outcome *outcome,
                     struct outfile *out, struct err *err);

/* The test is over and its results have their name: what was kept of it goes. */
void eval_test_close(struct eval_test *test);

#endif

/* A test set scored by a tiny model of tests/golden/numeric, with all that takes. */
#ifndef TESTS_UNIT_EXAM_H
#define TESTS_UNIT_EXAM_H

#include "eval/score.h"

struct exam {
    const char *model, *adapter; /* below tests/golden; adapter may be NULL */
    const char *pairs;           /* likewise, or from the root on */
    size_t threads, batch_tokens, memory;
    struct tree_rules rules;
    uint32_t vocabulary, positions; /* unless 0: what to take the model's for when reading */

    struct language language;
    struct model opened;
    struct base base;
    struct adapter loaded;
    struct config config;
    struct team *team;
    struct decoder decoder;
    struct examples examples;
    struct scorer scorer;
};

const char *exam_path(
    const char *name); /* below tests/golden; good until the next call but three */

/* Opens the model. False with a comment in the TAP. */
bool exam_open(struct exam *exam);

/* The error is left to the caller. */
bool exam_score(struct exam *exam, struct err *err);
void exam_close(struct exam *exam);

#endif

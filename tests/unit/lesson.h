/* A training run on golden data, made ready as dpo-train does it, up to the first update. */
#ifndef TESTS_UNIT_LESSON_H
#define TESTS_UNIT_LESSON_H

#include "train/session.h"

struct lesson {
    const char *loss, *cache; /* 'sigmoid'; NULL: none */
    size_t batch;             /* 2 */
    size_t threads;           /* 1 */
    bool evaluates, full;
    size_t rank;    /* 16 */
    size_t samples; /* 0 */
    size_t memory;  /* 1 GiB */

    struct session session;
    struct err err; /* of lesson_open, which also says it in the TAP */
};

/* Up to session_prepare. */
bool lesson_plan(struct lesson *lesson);

/* And memory is there. */
bool lesson_open(struct lesson *lesson);

/* Asks the reference. */
bool lesson_refer(struct lesson *lesson, struct err *err);
void lesson_close(struct lesson *lesson);

#endif

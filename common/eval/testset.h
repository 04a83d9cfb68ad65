/* The pairs to be tested, as the model will read them.
 *
 * All are read before the first is scored: so a mistake in the last line costs no hour, and it is
 * known what scoring will take. They lie on the disk (records/spool), in memory stand some bytes
 * for each. */
#ifndef EVAL_TESTSET_H
#define EVAL_TESTSET_H

#include "decoder/batch.h"
#include "records/spool.h"
#include "tree/tree.h"

struct testset_item {
    uint64_t text; /* where its members begin in the results' JSON, '"id":...,"prompt":...' */
    size_t text_len;
    uint64_t ids; /* where its ids begin, in bytes */
    size_t prompt;
    struct branch branches[2]; /* chosen, rejected */
    size_t scored[2];          /* tokens of each that have a score */
    size_t rows;               /* of a batch; 0: the prompt alone fills --max-length */
};

struct testset {
    /* Set before reading; borrowed. */
    const struct language *language;
    const struct config *config;
    struct tree_rules rules;
    bool longer;                           /* than the model was made for is fine */
    bool need_seal;                        /* standard input must end with one */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    struct testset_item *items;
    size_t count, room;
    uint64_t dropped, cut, prompt_cut, prompt_split; /* pairs */
    uint64_t tokens;                                 /* scored ones */
    size_t longest;                                  /* text, in tokens */
    struct spool texts, ids;
    struct ids ids_read; /* of the last pair added */
};

/* An error names file and line. */
bool testset_read(struct testset *testset, char **paths, size_t threads, struct err *err);

/* Adds a pair to a batch: first what is scored of chosen, then of rejected. */
bool testset_add(struct testset *testset, size_t item, struct batch *batch, struct err *err);

/* The members of the pair for the results, replacing what is in out. */
bool testset_text(struct testset *testset, size_t item, struct buffer *out, struct err *err);
void testset_release(struct testset *testset);

#endif

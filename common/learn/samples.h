/* What policy and reference answer to some fixed prompts, the same at each evaluation: the
 * likeliest token each time. */
#ifndef LEARN_SAMPLES_H
#define LEARN_SAMPLES_H

#include "examples/examples.h"
#include "generate/ends.h"
#include "learn/policy.h"

struct sample {
    char *prompt, *policy, *reference; /* texts */
};

struct samples {
    /* Set before; borrowed. */
    struct policy *policy;
    const struct language *language;
    struct ends ends;
    size_t count, most; /* of prompts, of tokens */

    struct sample *items;
    token_id **ids; /* of the prompts */
    size_t *lengths;
    size_t longest, reach; /* in tokens: a prompt, and with its answer */
    bool beyond_context;   /* as the examples may */
    bool asked;            /* the reference was: it says the same each time */
};

/* What it will take at once when it asks, and how far its texts go. */
size_t samples_bytes(const struct samples *samples, const struct examples *examples);
size_t samples_reach(const struct samples *samples, const struct examples *examples);

/* Takes the first prompts of a set, of those that have a token; count becomes less, or 0, where
 * there are not so many. */
bool samples_init(struct samples *samples, struct examples *examples, struct err *err);

/* Asks the policy anew. */
bool samples_run(struct samples *samples, struct err *err);
void samples_release(struct samples *samples);

#endif

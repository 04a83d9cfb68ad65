/* What the reference model says of the examples: the log-probability of each scored token, computed
 * once before training. A folder keeps it for the next run, in a file named by a hash of all that
 * it depends on:
 *
 *     CACHE/reference-IDENTITY.safetensors    logps  F64  of each token, example after example
 *
 * Another model, adapter, tokenizer, template, length, precision or kind of processor gives another
 * name; a file that is damaged or of another size is made anew. */
#ifndef LEARN_REFERENCE_H
#define LEARN_REFERENCE_H

#include "examples/examples.h"
#include "learn/policy.h"
#include "safetensors/safetensors.h"

struct reference {
    double *logps;   /* of all tokens */
    uint64_t *begin; /* where those of an example begin */
    size_t tokens;
    bool found; /* in the cache */
};

struct reference_options {
    const char *cache;    /* a folder, or NULL */
    const char *identity; /* of everything but the examples, see reference_identity */
    size_t rows, scored;  /* of a batch at most */
    bool (*go_on)(void *context, size_t done, size_t all); /* false breaks it off */
    void *context;
};

#define REFERENCE_IDENTITY 65 /* bytes, with the end */

/* model: model_identity of the reference. */
void reference_identity(const struct policy *policy, const char *model, unsigned bits,
                        char identity[REFERENCE_IDENTITY]);

/* False with an empty error when it was broken off. */
bool reference_find(struct reference *reference, struct policy *policy, struct examples *examples,
                    const struct reference_options *options, struct err *err);

/* The memory that its numbers take. */
size_t reference_bytes(const struct examples *examples);

/* All numbers 0: for trying what a run would take. */
void reference_blank(struct reference *reference, const struct examples *examples);
void reference_release(struct reference *reference);

#endif

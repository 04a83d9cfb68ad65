/* A golden batch, its room and what it was scored with, for tests of the decoder. */
#ifndef TESTS_UNIT_TRIAL_H
#define TESTS_UNIT_TRIAL_H

#include "numeric.h"

enum { SEQUENCES = 3 }; /* texts or pairs of each golden batch */

struct trial {
    struct numeric *numeric;
    struct batch batch;
    struct step_plan plan;
    struct step *step;
    double *logp;
    float *dlogp;
};

/* Plans for the batch; of the layers' activations at most so many are kept. False with a
 * comment. */
bool trial_make(struct trial *trial, bool backward, size_t kept);
void trial_release(struct trial *trial);

void trial_forward(struct trial *trial, bool adapted, bool keep);

/* forward/MODELKIND.safetensors; false with a comment. */
bool golden_open(struct safetensors *file, const char *model, const char *kind);

/* 'name.i', good until the next call. */
const char *golden_name(const char *name, size_t i);

/* The golden sequences, all of whose tokens are scored. */
void add_sequences(struct batch *batch, const struct safetensors *file, bool scored);

/* The golden pairs, with their prompts shared or each answer as a text of its own; counts gets how
 * many tokens of each answer are scored, chosen and rejected in turn. */
void add_pairs(struct batch *batch, const struct safetensors *file, bool shared,
               size_t counts[2 * SEQUENCES]);

#endif

/* A training run from its options to its result: what is read, in which order, and what is left.
 *
 *     session_load     model, adapter and reference are opened, all examples read and checked
 *     session_plan     updates, rates, memory: nothing has been computed yet
 *     session_prepare  the reference's numbers; the policy must agree with them where it begins
 *     trainer_run      the loop
 *     session_finish   the result in the folder of the run */
#ifndef TRAIN_SESSION_H
#define TRAIN_SESSION_H

#include "base/base.h"
#include "control/plan.h"
#include "model/identity.h"
#include "train/trainer.h"

struct session_options {
    const char *model, *run, *eval;
    char **train;          /* files */
    const char *reference; /* a model, 'adapter-off' or NULL */
    const char *adapter;   /* to begin with, or NULL */
    const char *template, *cache;
    const char *loss, *scheduler; /* as they were given, to be written down */
    bool full, resume, tensorboard, beyond_context;
    struct adapter_options lora;
    struct tree_rules rules;
    enum completion_only completion_only;
    unsigned bits;
    enum precision precision;
    size_t memory, threads;
    const json_t *options; /* what decides the numbers, by name */
    bool need_seal;
    void (*failed)(const struct err *err);
};

struct session {
    struct session_options options;
    struct train_settings settings;
    struct train_talk talk;

    struct language language;
    struct model model, other; /* other: of the reference, where it is a model */
    struct base base, other_base;
    struct team *team;
    struct adapter adapter, start;
    struct decoder frozen;
    struct policy policy;
    struct examples train, eval;
    bool evaluates;
    struct reference references[2]; /* of train, of eval */
    struct updater updater;
    struct evaluator evaluator;
    struct samples samples;
    struct trainer trainer;
    bool has_start, has_frozen, has_other;
    char identity[MODEL_IDENTITY], digests[2][65]; /* of the model; of train and eval */
    char *eval_paths[2];
    char reference_hash[REFERENCE_IDENTITY];
    json_t *inputs; /* hashes of what the numbers depend on beside the options */

    struct plan plan;
    struct schedule schedule;
    size_t bytes; /* of memory that it will take, see MEMORY AND SPEED in dpo-train(1) */
    bool (*reference_talk)(void *context, size_t done, size_t all); /* false breaks it off */

    /* What session_prepare found, in DPO. */
    double start_loss;       /* where policy and reference are one, or NAN */
    double first_loss;       /* of the first microbatch */
    double start_difference; /* of policy and reference, the largest of any token */
};

bool session_load(struct session *session, struct err *err);
bool session_plan(struct session *session, struct err *err);

/* Instead of going on: one microbatch forward and backward, or through the reference, that changes
 * nothing. Says how many tokens it has, for whoever measures the time. */
void session_rehearse_begin(struct session *session);
bool session_rehearse(struct session *session, bool reference, uint64_t *tokens, struct err *err);

bool session_prepare(struct session *session, struct err *err);

/* 1. 0: no state was good enough to be the best, and there is no result, or the last one is the
 * result and is over the KL limit; err says so. -1: a failure. */
int session_finish(struct session *session, struct err *err);
void session_close(struct session *session);

/* Finds the digests of the sets, if they are not known yet. */
bool session_digests(struct session *session, struct err *err);

/* dpo_metadata.json into the folder of the run. */
bool session_write_metadata(struct session *session, struct err *err);

/* For checkpoints: the adapter with its config, or a whole model with its tokenizer. */
bool session_write_model(const void *session, const char *folder, struct err *err);

/* In words: which weights are the reference. */
void session_reference_words(const struct session *session, struct buffer *words);

#endif

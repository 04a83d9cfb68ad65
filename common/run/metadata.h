/* dpo_metadata.json, beside an adapter or a model: how it was made. The first eight keys are those
 * that other trainers write, in their sense; the rest is what it takes to judge it or to make it
 * again. dpo-run(5) lists all of them.
 *
 *     {
 *       "training_method": "dpo",
 *       "beta": 0.1, ...
 *       "folds": [{"training_method": "sft", "base_model": {...}, ...}]
 *     }
 *
 * 'folds' is the chain of what was folded into the base before, oldest first: who folds an adapter
 * into its base puts the adapter's metadata beside the result, and a run on that base adds it to
 * the chain. So a reference that changed from one run to the next is not forgotten. */
#ifndef RUN_METADATA_H
#define RUN_METADATA_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

#define METADATA_FILE "dpo_metadata.json"

struct metadata_loss {
    const char *name;
    double weight;
};

struct metadata_data {
    const char *hash; /* NULL: there was none */
    uint64_t records;
    char *const *files; /* as they were named, NULL at the end; of what is trained on */
};

/* The metadata that stood beside a base, as far as others need them. */
struct metadata_origin {
    char *method, *template_hash; /* owned, like the other texts; NULL: it does not say */
    char *base, *base_hash, *reference, *reference_adapter;
    double beta;         /* NAN: it does not say */
    struct buffer folds; /* the chain to be written: elements of an array */
};

/* Texts are borrowed; NULL, and numbers that are not finite, stand as null. */
struct metadata {
    const char *method, *loss_type; /* 'dpo'; as it was given: 'sigmoid+0.5*sft' */
    double beta, label_smoothing;
    size_t max_prompt_length, max_length;  /* 0: null, unlimited */
    const char *reference;                 /* NULL: the base */
    const char *start, *reference_adapter; /* what training began with; the one on the reference */
    const struct metadata_loss *losses;
    size_t loss_count;
    const char *base, *base_hash;
    struct metadata_data train, eval;
    const char *template_hash, *prompt_format;
    size_t lora_rank; /* 0: all weights were trained */
    double lora_alpha, lora_dropout;
    bool rslora;
    const char *lora_targets;
    double learning_rate, adam_beta1, adam_beta2, adam_epsilon, weight_decay, max_grad_norm;
    const char *lr_scheduler;
    uint64_t warmup_steps, planned_steps;
    size_t batch_size, gradient_accumulation;
    double epochs;
    uint64_t steps, best_step; /* best_step 0: null */
    double kl;
    uint64_t seed;
    const char *precision, *kernel;
    unsigned base_bits;
    const struct metadata_origin *origin; /* of the base; NULL: it has none */
};

/* Writes the file into a folder, whole or not at all; SOURCE_DATE_EPOCH sets its time. */
bool metadata_write(const struct metadata *metadata, const char *folder, struct err *err);

/* Reads the file in a folder: 1, 0 where there is none, -1 with err. */
int metadata_read(struct metadata_origin *origin, const char *folder, struct err *err);

/* The same from memory; path is what to call it. After a failure there is nothing to release. */
bool metadata_parse(struct metadata_origin *origin, const char *path, struct text text,
                    struct err *err);
void metadata_release(struct metadata_origin *origin);

/* Was an adapter trained on the base of this identity, by this file or, in a checkpoint, which has
 * none, by its resume.json? 1, also where nothing tells it, 0, or -1 with err. */
int metadata_suits(const char *folder, const char *identity, struct err *err);

#endif

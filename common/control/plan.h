/* A run in numbers, before its first step. */
#ifndef CONTROL_PLAN_H
#define CONTROL_PLAN_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

/* How often the examples are gone through, as transformers counts it: a batch or an update at the
 * end of an epoch may be smaller, and none reaches into the next epoch. */
struct schedule_counts {
    uint64_t batches_per_epoch, updates_per_epoch;
    uint64_t updates; /* of the whole run */
    uint64_t epochs;  /* begun ones: num_train_epochs of trainer_state */
    double passes;    /* over all examples */
};

struct plan {
    struct schedule_counts counts;
    bool evaluates; /* there are examples for it */
    bool lora, rslora;
    size_t batch, accumulation;
    uint64_t warmup;                    /* updates */
    uint64_t logging, evaluation, save; /* updates from one to the next; 0: never */
    bool keeps_best;                    /* --best was given */
    bool needs_evaluated;               /* checkpoints: for the best, or for a rollback */
    uint64_t patience;                  /* --early-stopping; 0: none */
    double kl_limit;                    /* 0: none */
    double kl_target;                   /* --adaptive-beta; 0: none */
    bool rollback_repeats;              /* kl_only_repeats */
    double learning_rate, rate_area;    /* area: the sum of the rates of all updates */
    double beta, label_smoothing;       /* beta 0: the method has none */
    double lora_alpha, lora_dropout;
    size_t lora_rank;

    /* Of the examples read. */
    uint64_t examples; /* that are trained on */
    uint64_t dropped, cut, prompt_cut, system_lost;
    uint64_t unasked;       /* the prompt ends with neither a user's nor a tool's message */
    uint64_t same;          /* chosen and rejected are one text */
    uint64_t chosen_longer; /* in tokens */
};

/* max_steps 0: as many as the epochs take. */
bool plan_count(struct schedule_counts *counts, uint64_t examples, size_t batch,
                size_t accumulation, double epochs, uint64_t max_steps, struct err *err);

#endif

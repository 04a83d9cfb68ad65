/* What a training run was told, beside its model and its data. dpo-train(1) says what each means;
 * the names are those of its options. */
#ifndef TRAIN_SETTINGS_H
#define TRAIN_SETTINGS_H

#include "control/best.h"
#include "control/kl.h"
#include "loss/loss.h"
#include "optimizer/adamw.h"
#include "optimizer/schedule.h"

enum method { METHOD_DPO, METHOD_SFT };

struct train_settings {
    enum method method;
    struct loss loss;

    size_t batch_size, accumulation;
    double epochs;
    size_t max_steps; /* 0: as many as the epochs have */
    bool shuffled, curriculum;
    uint64_t seed;

    struct schedule schedule; /* total and warmup are found by the plan */
    size_t warmup_steps;
    double warmup_ratio;
    struct adamw adamw;   /* its settings */
    double max_grad_norm; /* 0: never clipped */
    float dropout;        /* of the adapter's input, in training */

    struct kl_control kl; /* what it does where the limit is passed */
    double adaptive_beta; /* the KL it aims at; 0: beta stays */
    bool keeps_best;      /* or the last state is the result */
    enum best_by best;
    size_t early_stopping;

    size_t logging_steps, eval_steps, save_steps, save_total_limit; /* 0: never; no limit */
    bool logging_first;
    size_t samples, sample_tokens;
};

#endif

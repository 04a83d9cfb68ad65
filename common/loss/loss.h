/* What training makes small: a weighted sum of losses, from the log-probabilities that policy and
 * reference give to the tokens of pairs, with its gradient by those of the policy. The formulas
 * stand in loss/formula.h and docs/math.md.
 *
 *     struct loss loss = LOSS_DEFAULTS;
 *     if (!loss_parse(&loss, "sigmoid+0.5*sft", &err) || !loss_check(&loss, &err)) ...
 *     part = loss_compute(&loss, &batch, rows, dlogp); */
#ifndef LOSS_LOSS_H
#define LOSS_LOSS_H

#include "core/err.h"
#include "loss/divergence.h"

#include <stddef.h>

enum loss_kind {
    LOSS_SIGMOID,
    LOSS_HINGE,
    LOSS_IPO,
    LOSS_EXO_PAIR,
    LOSS_NCA_PAIR,
    LOSS_ROBUST,
    LOSS_BCO_PAIR,
    LOSS_SPPO_HARD,
    LOSS_AOT,
    LOSS_AOT_UNPAIRED,
    LOSS_APO_ZERO,
    LOSS_APO_DOWN,
    LOSS_DISCOPOP,
    LOSS_SFT, /* the mean over all chosen tokens of -logp; knows no pairs */
    LOSS_SIGMOID_NORM,
    LOSSES
};

struct loss {
    struct {
        enum loss_kind kind;
        double weight;
    } terms[LOSSES]; /* no kind twice */
    size_t count;
    double beta, label_smoothing;
    enum divergence divergence;
    double alpha; /* of alpha_divergence */
    double discopop_tau;
    double
        ld_alpha;  /* the weight of tokens beyond the shorter answer's length; 1: all count alike */
    bool weighted; /* WPO: pairs count by how likely the policy is to write them */
};

#define LOSS_DEFAULTS                                                                              \
    {                                                                                              \
        .terms = {{LOSS_SIGMOID, 1}}, .count = 1, .beta = 0.1, .alpha = 0.5, .discopop_tau = 0.05, \
        .ld_alpha = 1                                                                              \
    }

/* Sets the terms, and nothing else, from 'sigmoid+0.5*sft'. */
bool loss_parse(struct loss *loss, const char *text, struct err *err);

/* Refuses numbers out of range, and options that the losses make no use of. */
bool loss_check(const struct loss *loss, struct err *err);

/* Does the sum have one value wherever the policy is its reference? Then it is in *value. */
bool loss_start(const struct loss *loss, double *value);

/* Must all pairs of a microbatch be computed at once? */
bool loss_is_joint(const struct loss *loss);

/* Of each pair the chosen answer stands first, the rejected one second. */
struct loss_pair {
    size_t counts[2];  /* scored tokens */
    size_t lengths[2]; /* what ipo and sigmoid_norm divide by, at least 1 */
};

/* A microbatch, or a part of it. */
struct loss_batch {
    const struct loss_pair *pairs;
    size_t count;
    const double *logp; /* of each token, answer by answer */
    const double
        *reference;       /* the same by the reference; NULL is allowed where all terms are sft */
    const double *square; /* log sum p^2 of the policy's row; NULL where nothing is weighted */
    size_t all_pairs, all_chosen; /* what means divide by: pairs, chosen tokens (for sft) */
};

struct loss_row {
    double loss;          /* this pair's own, sft left out; aot: of the rank that it has */
    double logps[2];      /* sums over tokens, those beyond the shorter answer times ld_alpha */
    double references[2]; /* the same by the reference */
    double rewards[2];    /* beta (logps - references) */
    double slopes[2];     /* d of the microbatch's loss by logps, sft left out */
};

/* Returns this part's share of the microbatch's loss. Fills a row for each pair, and dlogp for each
 * token with the slope of the microbatch's loss, whose bits do not depend on where a microbatch is
 * cut. What is not finite in the end comes out as it is: the caller looks. */
double loss_compute(const struct loss *loss, const struct loss_batch *batch, struct loss_row *rows,
                    float *dlogp);

#endif

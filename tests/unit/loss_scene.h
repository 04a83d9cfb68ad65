/* A few pairs with log-probabilities, and what the losses make of them. */
#ifndef TESTS_UNIT_LOSS_SCENE_H
#define TESTS_UNIT_LOSS_SCENE_H

#include "loss/loss.h"

enum { SCENE_PAIRS = 8, SCENE_TOKENS = 256 };

struct loss_scene {
    struct loss_pair pairs[SCENE_PAIRS];
    size_t count, tokens, chosen; /* chosen: scored tokens of the chosen answers */
    double logp[SCENE_TOKENS], reference[SCENE_TOKENS], square[SCENE_TOKENS];
    struct loss_row rows[SCENE_PAIRS];
    float dlogp[SCENE_TOKENS];
    bool without_reference;
};

/* The tokens of the answer to the last pair are added by scene_token; sides: 0 chosen, 1 rejected,
 * in this order. The lengths are the counts. */
void scene_pair(struct loss_scene *scene);
void scene_token(struct loss_scene *scene, size_t side, double logp, double reference,
                 double square);

/* A pair of one token a side, with other lengths. */
void scene_sums(struct loss_scene *scene, const double logps[2], const double references[2],
                size_t chosen_length, size_t rejected_length);

/* So many pairs of 1 to 6 tokens a side, from the seed. */
void scene_random(struct loss_scene *scene, size_t count, unsigned seed);

double scene_compute(struct loss_scene *scene, const struct loss *loss);

/* The same for some of the pairs of the microbatch; where dlogp goes, too, there is their place. */
double scene_part(struct loss_scene *scene, const struct loss *loss, size_t first, size_t count);

#endif

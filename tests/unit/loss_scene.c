#include "unit/loss_scene.h"

#include "noise.h"

#include <assert.h>

void scene_pair(struct loss_scene *scene)
{
    assert(scene->count < SCENE_PAIRS);
    scene->pairs[scene->count++] = (struct loss_pair){{0, 0}, {1, 1}};
}

void scene_token(struct loss_scene *scene, size_t side, double logp, double reference,
                 double square)
{
    struct loss_pair *pair = &scene->pairs[scene->count - 1];
    const size_t at = scene->tokens++;

    assert(at < SCENE_TOKENS);
    scene->logp[at] = logp;
    scene->reference[at] = reference;
    scene->square[at] = square;
    pair->lengths[side] = ++pair->counts[side];
    scene->chosen += side == 0;
}

void scene_sums(struct loss_scene *scene, const double logps[2], const double references[2],
                size_t chosen_length, size_t rejected_length)
{
    scene_pair(scene);
    for (size_t side = 0; side < 2; side++)
        scene_token(scene, side, logps[side], references[side], 0);
    scene->pairs[scene->count - 1].lengths[0] = chosen_length;
    scene->pairs[scene->count - 1].lengths[1] = rejected_length;
}

void scene_random(struct loss_scene *scene, size_t count, unsigned seed)
{
    float drawn[3 * SCENE_TOKENS];

    *scene = (struct loss_scene){0};
    noise(drawn, 3 * SCENE_TOKENS, seed);
    for (size_t i = 0; i < count; i++) {
        scene_pair(scene);
        for (size_t side = 0; side < 2; side++)
            for (size_t t = 0; t < 1 + (3 * i + 4 * side + seed) % 6; t++) {
                const float *x = drawn + 3 * scene->tokens;
                const double logp = -2 - (double)x[0];

                scene_token(scene, side, logp, logp + 0.3 * (double)x[1], -1 + 0.5 * (double)x[2]);
            }
    }
}

double scene_part(struct loss_scene *scene, const struct loss *loss, size_t first, size_t count)
{
    size_t at = 0;

    for (size_t i = 0; i < first; i++) at += scene->pairs[i].counts[0] + scene->pairs[i].counts[1];
    return loss_compute(
        loss,
        &(struct loss_batch){.pairs = scene->pairs + first,
                             .count = count,
                             .logp = scene->logp + at,
                             .reference = scene->without_reference ? NULL : scene->reference + at,
                             .square = loss->weighted ? scene->square + at : NULL,
                             .all_pairs = scene->count,
                             .all_chosen = scene->chosen},
        scene->rows + first, scene->dlogp + at);
}

double scene_compute(struct loss_scene *scene, const struct loss *loss)
{
    return scene_part(scene, loss, 0, scene->count);
}

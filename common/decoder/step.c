#include "decoder/step.h"

#include "core/memory.h"
#include "core/number.h"
#include "decoder/head.h"
#include "decoder/layer.h"
#include "ops/embedding.h"

#include <assert.h>
#include <string.h>

struct step {
    const struct decoder *decoder;
    struct step_plan plan;
    struct slab slab;
    struct kept *kept; /* of each layer; those below the plan's share one room but for x */
    float **streams;   /* what enters each layer, and what leaves the last one */
    struct room room;
    struct head_room head;
    struct step_mode mode; /* of the last forward */
};

/* The layers from this one on keep what enters them. */
static size_t first_stream(const struct step *step)
{
    const struct decoder *decoder = step->decoder;

    return step->plan.backward ? decoder->lowest : decoder->config->layers;
}

/* Below that layer two streams take turns. */
static void take_streams(struct step *step)
{
    const size_t layers = step->decoder->config->layers, first = first_stream(step);
    const size_t size = step->plan.rows * gemm_ld(step->decoder->config->hidden);
    float *turns[2];

    turns[0] = slab_floats(&step->slab, size);
    turns[1] = slab_floats(&step->slab, size);
    for (size_t l = 0; l <= layers; l++)
        step->streams[l] = l >= first && l > 1 ? slab_floats(&step->slab, size) : turns[l % 2];
}

static void take_all(struct step *step)
{
    const size_t layers = step->decoder->config->layers;
    const size_t shared = layers - step->plan.kept;
    struct kept spare = {0};

    take_streams(step);
    if (shared > 0) kept_take(&spare, &step->slab, step->decoder, step->plan.rows);
    for (size_t l = 0; l < layers; l++) {
        if (l < shared)
            step->kept[l] = spare;
        else
            kept_take(&step->kept[l], &step->slab, step->decoder, step->plan.rows);
        step->kept[l].x = step->streams[l];
    }
    room_take(&step->room, &step->slab, step->decoder, step->plan.rows, step->plan.backward,
              step->plan.dropout);
    head_room_take(&step->head, &step->slab, step->decoder, step->plan.scored, step->plan.backward,
                   step->plan.reference);
}

static struct step *step_make(const struct decoder *decoder, const struct step_plan *plan)
{
    const size_t layers = decoder->config->layers;
    struct step *step = mem_zero(1, sizeof *step);

    step->decoder = decoder;
    step->plan = *plan;
    step->kept = mem_zero(layers, sizeof *step->kept);
    step->streams = mem_zero(layers + 1, sizeof *step->streams);
    take_all(step);
    return step;
}

static size_t bytes_with(const struct decoder *decoder, struct step_plan plan, size_t kept)
{
    struct step *step;
    size_t bytes;

    plan.kept = kept;
    step = step_make(decoder, &plan);
    bytes = step->slab.used;
    step_free(step);
    return bytes;
}

size_t step_least(const struct decoder *decoder, const struct step_plan *plan)
{
    return bytes_with(decoder, *plan, 0) + plan->beside;
}

bool step_plan(const struct decoder *decoder, struct step_plan *plan, size_t budget,
               struct err *err)
{
    const size_t least = step_least(decoder, plan);
    char needed[SIZE_TEXT], there[SIZE_TEXT];

    if (least > budget)
        return err_set(err,
                       "a batch of %zu tokens needs %s of memory beside the weights, and there "
                       "is %s",
                       plan->rows, write_size(needed, least, true),
                       write_size(there, budget, false));
    plan->kept = plan->backward ? decoder->config->layers - decoder->lowest : 0;
    while (bytes_with(decoder, *plan, plan->kept) > budget - plan->beside) plan->kept--;
    plan->bytes = bytes_with(decoder, *plan, plan->kept);
    return true;
}

struct step *step_new(const struct decoder *decoder, const struct step_plan *plan)
{
    struct step *step = step_make(decoder, plan);

    slab_fill(&step->slab);
    take_all(step);
    return step;
}

void step_free(struct step *step)
{
    if (!step) return;
    slab_release(&step->slab);
    mem_free(step->kept);
    mem_free(step->streams);
    mem_free(step);
}

static struct passage passage_of(const struct step *step, const struct batch *batch,
                                 const struct layout *layout)
{
    return (struct passage){.decoder = step->decoder,
                            .layout = layout,
                            .positions = batch->positions,
                            .adapted = step->mode.adapted,
                            .dropout = step->mode.dropout,
                            .seed = step->mode.seed,
                            .call = step->mode.call};
}

void step_forward(struct step *step, const struct batch *batch, const struct step_mode *mode,
                  double *logp, const struct row_facts *facts)
{
    const struct decoder *decoder = step->decoder;
    const struct layout layout = batch_layout(batch);
    const size_t layers = decoder->config->layers;
    struct passage passage;

    assert(batch->rows <= step->plan.rows && batch->scored_count <= step->plan.scored);
    assert(batch->longest <= decoder->rope.positions + 1);
    assert(!mode->keep || step->plan.backward);
    assert(mode->dropout <= 0 || step->plan.dropout);
    step->mode = *mode;
    passage = passage_of(step, batch, &layout);
    embedding_forward(decoder->gemm.team, &decoder->layers->matrix[WEIGHT_EMBEDDING], batch->rows,
                      batch->ids, step->streams[0], gemm_ld(decoder->config->hidden));
    for (size_t l = 0; l < layers; l++)
        layer_forward(&passage, l, &step->kept[l], &step->room, step->streams[l + 1]);
    head_forward(decoder, &step->head, batch->scored_count, batch->scored, step->streams[layers],
                 mode->keep, logp, facts);
}

void step_backward(struct step *step, const struct batch *batch, const float *dlogp)
{
    const struct decoder *decoder = step->decoder;
    const struct layout layout = batch_layout(batch);
    const struct passage passage = passage_of(step, batch, &layout);
    const size_t layers = decoder->config->layers, d = decoder->config->hidden;
    const size_t shared = layers - step->plan.kept;
    float *embedding = decoder->layers->gradient[WEIGHT_EMBEDDING];

    assert(step->mode.keep);
    memset(step->room.dx, 0, batch->rows * gemm_ld(d) * sizeof *step->room.dx);
    head_backward(decoder, &step->head, batch->scored_count, batch->scored, dlogp, step->room.dx);
    for (size_t l = layers; l-- > decoder->lowest;) {
        if (l < shared) layer_forward(&passage, l, &step->kept[l], &step->room, NULL);
        layer_backward(&passage, l, &step->kept[l], &step->room,
                       l == decoder->lowest && !decoder->whole);
    }
    if (embedding)
        embedding_backward(batch->rows, d, batch->ids, step->room.dx, gemm_ld(d), embedding);
}

const float *step_rows(const struct step *step, size_t *ld)
{
    *ld = gemm_ld(step->decoder->config->hidden);
    return step->streams[step->decoder->config->layers];
}

void step_scored_rows(const struct step *step, const struct batch *batch, float *out)
{
    const size_t d = step->decoder->config->hidden, ld = gemm_ld(d);

    assert(batch->scored_count <= step->plan.scored);
    for (size_t r = 0; r < batch->scored_count; r++)
        memcpy(out + r * d, step->head.x + r * ld, d * sizeof *out);
}

void step_divergence(struct step *policy, const struct decoder *reference, size_t count,
                     const float *rows, const float *reference_rows, double *kl)
{
    assert(reference && reference == policy->plan.reference);
    head_divergence(policy->decoder, reference, &policy->head, count, rows, reference_rows, kl);
}

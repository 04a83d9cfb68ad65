#include "decoder/head.h"

#include "gemm/product.h"
#include "lanes/lanes.h"
#include "ops/norm.h"
#include "stream/stream.h"

#include <assert.h>
#include <string.h>

/* Logits in memory at once: more rows make the product faster, up to some hundred. */
#define LOGITS ((size_t)160 << 20)
#define FEW_ROWS 32

static const struct matrix *matrix_of(const struct decoder *decoder)
{
    return &decoder->layers->matrix[decoder->config->tied ? WEIGHT_EMBEDDING : WEIGHT_HEAD];
}

static float *gradient_of(const struct decoder *decoder)
{
    return decoder->layers->gradient[decoder->config->tied ? WEIGHT_EMBEDDING : WEIGHT_HEAD];
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Two logits of each of so many rows fit into the room of a chunk. */
static size_t half_chunk(const struct head_room *room)
{
    return larger(room->chunk / 2, 1);
}

static void take_comparison(struct head_room *room, struct slab *slab, size_t d, bool narrow)
{
    const size_t rows = half_chunk(room);

    room->compared = slab_floats(slab, rows * gemm_ld(d));
    if (narrow)
        room->compared_narrow = slab_take(slab, rows * gemm_ld(d), sizeof *room->compared_narrow);
}

static bool is_narrow(const struct decoder *decoder)
{
    return decoder->gemm.kernel->precision == PRECISION_BF16;
}

void head_room_take(struct head_room *room, struct slab *slab, const struct decoder *decoder,
                    size_t R, bool backward, const struct decoder *reference)
{
    const size_t d = gemm_ld(decoder->config->hidden), V = gemm_ld(decoder->config->vocabulary);
    const bool narrow = is_narrow(decoder);

    *room = (struct head_room){.chunk = LOGITS / (V * sizeof(float))};
    if (room->chunk < FEW_ROWS) room->chunk = FEW_ROWS;
    if (room->chunk > R) room->chunk = R;
    room->x = slab_floats(slab, R * d);
    room->f = slab_floats(slab, R * d);
    room->rho = slab_floats(slab, R);
    room->lse = slab_take(slab, R, sizeof *room->lse);
    room->ids = slab_take(slab, R, sizeof *room->ids);
    room->logits = slab_floats(slab, larger(room->chunk, reference ? 2 : 0) * V);
    if (narrow) room->narrow = slab_take(slab, room->chunk * d, sizeof *room->narrow);
    if (reference)
        take_comparison(room, slab, larger(decoder->config->hidden, reference->config->hidden),
                        narrow || is_narrow(reference));
    if (!backward) return;
    room->g = slab_floats(slab, R * d);
    room->dx = slab_floats(slab, R * d);
    if (narrow) room->narrow_logits = slab_take(slab, room->chunk * V, sizeof *room->narrow_logits);
}

static size_t chunk_at(const struct head_room *room, size_t at, size_t R)
{
    return R - at < room->chunk ? R - at : room->chunk;
}

static void logits_of(const struct decoder *decoder, size_t count, const float *f, bf16 *narrow,
                      float *logits)
{
    const size_t d = decoder->config->hidden;
    size_t ld;
    const void *in = gemm_narrow(&decoder->gemm, count, d, f, gemm_ld(d), narrow, &ld);

    gemm_forward(&decoder->gemm, matrix_of(decoder), count, in, ld, logits,
                 gemm_ld(decoder->config->vocabulary), false);
}

/* The logits of rows at .. at + count of f. */
static void chunk_logits(const struct decoder *decoder, const struct head_room *room, size_t at,
                         size_t count)
{
    logits_of(decoder, count, room->f + at * gemm_ld(decoder->config->hidden), room->narrow,
              room->logits);
}

/* room->logits hold gradients: df[at ..] of them. */
static void chunk_backward(const struct decoder *decoder, const struct head_room *room, size_t at,
                           size_t count, float *df)
{
    const size_t ld = gemm_ld(decoder->config->hidden), V = decoder->config->vocabulary;
    size_t ld_narrow;
    const void *dz = gemm_narrow(&decoder->gemm, count, V, room->logits, gemm_ld(V),
                                 room->narrow_logits, &ld_narrow);

    gemm_backward(&decoder->gemm, matrix_of(decoder), count, dz, ld_narrow, df + at * ld, ld,
                  false);
}

void head_forward(const struct decoder *decoder, const struct head_room *room, size_t R,
                  const struct scored *scored, const float *x, bool keep, double *logp,
                  const struct row_facts *facts)
{
    const struct config *config = decoder->config;
    const size_t d = config->hidden, ld = gemm_ld(d), V = config->vocabulary;
    struct team *team = decoder->gemm.team;

    for (size_t r = 0; r < R; r++) {
        memcpy(room->x + r * ld, x + scored[r].row * ld, d * sizeof *x);
        room->ids[r] = scored[r].id;
    }
    norm_forward(team, R, d, config->eps, room->x, ld, decoder->layers->vector[WEIGHT_FINAL_NORM],
                 room->f, ld, room->rho);
    for (size_t at = 0, count; at < R; at += count) {
        const struct row_facts wanted = row_facts_at(facts, at);

        count = chunk_at(room, at, R);
        chunk_logits(decoder, room, at, count);
        logprob_forward(team, count, V, room->logits, gemm_ld(V), room->ids + at, logp + at,
                        room->lse + at, &wanted);
        if (!keep || gradient_of(decoder)) continue;
        logprob_backward(team, count, V, room->logits, gemm_ld(V), room->ids + at, room->lse + at,
                         NULL);
        chunk_backward(decoder, room, at, count, room->g);
    }
}

/* Where the head itself is trained its logits are needed once more. */
static void train_chunks(const struct decoder *decoder, const struct head_room *room, size_t R,
                         const float *dlogp)
{
    const size_t d = decoder->config->hidden, ld = gemm_ld(d), V = decoder->config->vocabulary;
    struct team *team = decoder->gemm.team;

    for (size_t at = 0, count; at < R; at += count) {
        count = chunk_at(room, at, R);
        chunk_logits(decoder, room, at, count);
        logprob_backward(team, count, V, room->logits, gemm_ld(V), room->ids + at, room->lse + at,
                         dlogp + at);
        chunk_backward(decoder, room, at, count, room->g);
        product_tn(team, V, d, count, 1, room->logits, gemm_ld(V), room->f + at * ld, ld,
                   gradient_of(decoder), d);
    }
}

void head_backward(const struct decoder *decoder, const struct head_room *room, size_t R,
                   const struct scored *scored, const float *dlogp, float *dx)
{
    const size_t d = decoder->config->hidden, ld = gemm_ld(d);
    const struct lanes *lanes = lanes_get();

    if (gradient_of(decoder))
        train_chunks(decoder, room, R, dlogp);
    else
        for (size_t r = 0; r < R; r++) lanes->scale(dlogp[r], room->g + r * ld, d);
    memset(room->dx, 0, R * ld * sizeof *room->dx);
    norm_backward(decoder->gemm.team, R, d, room->x, ld, decoder->layers->vector[WEIGHT_FINAL_NORM],
                  room->rho, room->g, ld, room->dx, ld,
                  decoder->layers->gradient[WEIGHT_FINAL_NORM]);
    for (size_t r = 0; r < R; r++) lanes->add(room->dx + r * ld, dx + scored[r].row * ld, d);
}

/* The logits of rows as they leave the last layer. */
static void compared_logits(const struct decoder *decoder, const struct head_room *room,
                            size_t count, const float *rows, float *logits)
{
    const struct config *config = decoder->config;

    norm_forward(decoder->gemm.team, count, config->hidden, config->eps, rows, config->hidden,
                 decoder->layers->vector[WEIGHT_FINAL_NORM], room->compared,
                 gemm_ld(config->hidden), NULL);
    logits_of(decoder, count, room->compared, room->compared_narrow, logits);
}

void head_divergence(const struct decoder *decoder, const struct decoder *reference,
                     const struct head_room *room, size_t count, const float *rows,
                     const float *reference_rows, double *kl)
{
    const size_t V = decoder->config->vocabulary, most = half_chunk(room);
    float *second = room->logits + most * gemm_ld(V);

    assert(room->compared && reference->config->vocabulary == V);
    for (size_t at = 0, part; at < count; at += part) {
        part = count - at < most ? count - at : most;
        compared_logits(decoder, room, part, rows + at * decoder->config->hidden, room->logits);
        compared_logits(reference, room, part, reference_rows + at * reference->config->hidden,
                        second);
        logprob_divergence(decoder->gemm.team, part, V, room->logits, second, gemm_ld(V), kl + at);
    }
}

void head_logits(const struct decoder *decoder, size_t T, const float *x, float *f, float *logits,
                 size_t ld)
{
    const struct config *config = decoder->config;
    const size_t ldx = gemm_ld(config->hidden);

    norm_forward(decoder->gemm.team, T, config->hidden, config->eps, x, ldx,
                 decoder->layers->vector[WEIGHT_FINAL_NORM], f, ldx, NULL);
    stream_product(decoder->gemm.team, decoder->gemm.kernel->precision, matrix_of(decoder), T, f,
                   ldx, logits, ld, false);
}

#include "decoder/layer.h"

#include "ops/norm.h"
#include "ops/swiglu.h"

#include <string.h>

static struct operand operand_of(const struct passage *passage, size_t T, size_t n, const float *x,
                                 const struct room *room)
{
    struct operand operand = {.x = x, .ld = gemm_ld(n)};

    if (!passage->stream)
        operand.narrow = gemm_narrow(&passage->decoder->gemm, T, n, x, operand.ld, room->narrow,
                                     &operand.ld_narrow);
    return operand;
}

static struct affine affine_at(const struct passage *passage, size_t layer, enum weight_role role,
                               const struct room *room)
{
    return (struct affine){.decoder = passage->decoder,
                           .layer = layer,
                           .role = role,
                           .adapted = passage->adapted,
                           .stream = passage->stream,
                           .dropout = passage->dropout,
                           .seed = passage->seed,
                           .call = passage->call,
                           .dropped = room->dropped,
                           .ddropped = room->ddropped};
}

static void forward(const struct passage *passage, size_t layer, enum weight_role role,
                    const struct operand *in, const struct kept *kept, const struct room *room,
                    float *y, bool add)
{
    const struct affine affine = affine_at(passage, layer, role, room);
    const size_t N = (size_t)passage->decoder->layers[layer].matrix[role].rows;

    affine_forward(&affine, passage->layout->rows, in, kept->h[weight_linear(role)], y, gemm_ld(N),
                   add);
}

static void backward(const struct passage *passage, size_t layer, enum weight_role role,
                     const float *x, const struct kept *kept, const struct room *room,
                     const float *dy, float *dx, bool first)
{
    const struct affine affine = affine_at(passage, layer, role, room);
    const struct matrix *w = &passage->decoder->layers[layer].matrix[role];
    const struct operand in = {.x = x, .ld = gemm_ld((size_t)w->cols)};

    affine_backward(&affine, passage->layout->rows, &in, kept->h[weight_linear(role)], dy,
                    gemm_ld((size_t)w->rows), room->narrow, room->e, dx, gemm_ld((size_t)w->cols),
                    first);
}

static void copy_rows(float *to, const float *from, size_t T, size_t n)
{
    memcpy(to, from, T * gemm_ld(n) * sizeof *to);
}

static void clear_rows(float *rows, size_t T, size_t n)
{
    memset(rows, 0, T * gemm_ld(n) * sizeof *rows);
}

static void norm_rows(const struct passage *passage, size_t layer, enum weight_role role,
                      const float *x, float *y, float *rho)
{
    const struct config *config = passage->decoder->config;
    const size_t ld = gemm_ld(config->hidden);

    norm_forward(passage->decoder->gemm.team, passage->layout->rows, config->hidden, config->eps, x,
                 ld, passage->decoder->layers[layer].vector[role], y, ld, rho);
}

/* The norms of the heads of q or k, where the model has them, and their turning. */
static void turn_heads(const struct passage *passage, const float *norm, size_t heads,
                       const float *raw, float *x, float *rho)
{
    const struct decoder *decoder = passage->decoder;
    const size_t T = passage->layout->rows, D = decoder->config->head_dim, ld = gemm_ld(heads * D);
    struct team *team = decoder->gemm.team;

    if (norm)
        for (size_t h = 0; h < heads; h++)
            norm_forward(team, T, D, decoder->config->eps, raw + h * D, ld, norm, x + h * D, ld,
                         rho + h * T);
    rope_forward(team, &decoder->rope, T, heads, passage->positions, x, ld);
}

static void attend(const struct passage *passage, size_t layer, const struct kept *kept)
{
    const struct decoder *decoder = passage->decoder;
    const struct attention *shape = &decoder->layers[layer].attention;
    const size_t queries = gemm_ld(shape->H * shape->D), keys = gemm_ld(shape->K * shape->D);

    if (passage->attend)
        passage->attend(passage->context, layer, kept);
    else
        attention_forward(&decoder->gemm, shape, passage->layout, kept->q, queries, kept->k,
                          kept->v, keys, kept->o, queries, kept->sums);
}

/* Leaves the normed rows in room->a. */
static struct operand project_keys(const struct passage *passage, size_t layer,
                                   const struct kept *kept, const struct room *room)
{
    const struct config *config = passage->decoder->config;
    const struct decoder_layer *tables = &passage->decoder->layers[layer];
    struct operand in;

    norm_rows(passage, layer, WEIGHT_INPUT_NORM, kept->x, room->a, kept->rho_x);
    in = operand_of(passage, passage->layout->rows, config->hidden, room->a, room);
    forward(passage, layer, WEIGHT_K, &in, kept, room, kept->k_raw, false);
    forward(passage, layer, WEIGHT_V, &in, kept, room, kept->v, false);
    turn_heads(passage, tables->vector[WEIGHT_K_NORM], config->kv_heads, kept->k_raw, kept->k,
               kept->rho_k);
    return in;
}

void layer_keys(const struct passage *passage, size_t layer, const struct kept *kept,
                const struct room *room)
{
    project_keys(passage, layer, kept, room);
}

static void attention_part(const struct passage *passage, size_t layer, const struct kept *kept,
                           const struct room *room)
{
    const struct config *config = passage->decoder->config;
    const struct decoder_layer *tables = &passage->decoder->layers[layer];
    const size_t T = passage->layout->rows, H = config->heads;
    struct operand in = project_keys(passage, layer, kept, room);

    forward(passage, layer, WEIGHT_Q, &in, kept, room, kept->q_raw, false);
    turn_heads(passage, tables->vector[WEIGHT_Q_NORM], H, kept->q_raw, kept->q, kept->rho_q);
    attend(passage, layer, kept);

    copy_rows(kept->mid, kept->x, T, config->hidden);
    in = operand_of(passage, T, H * config->head_dim, kept->o, room);
    forward(passage, layer, WEIGHT_O, &in, kept, room, kept->mid, true);
}

void layer_forward(const struct passage *passage, size_t layer, const struct kept *kept,
                   const struct room *room, float *y)
{
    const struct config *config = passage->decoder->config;
    const size_t T = passage->layout->rows, F = config->feed;
    struct operand in;

    attention_part(passage, layer, kept, room);
    norm_rows(passage, layer, WEIGHT_FEED_NORM, kept->mid, room->a, kept->rho_mid);
    in = operand_of(passage, T, config->hidden, room->a, room);
    forward(passage, layer, WEIGHT_GATE, &in, kept, room, kept->p, false);
    forward(passage, layer, WEIGHT_UP, &in, kept, room, kept->u, false);
    swiglu_forward(passage->decoder->gemm.team, T, F, kept->p, kept->u, gemm_ld(F), room->z,
                   gemm_ld(F));
    if (y) copy_rows(y, kept->mid, T, config->hidden);
    in = operand_of(passage, T, F, room->z, room);
    forward(passage, layer, WEIGHT_DOWN, &in, kept, room, y, true);
}

static void norm_rows_backward(const struct passage *passage, size_t layer, enum weight_role role,
                               const float *x, const float *rho, const float *dy, float *dx)
{
    const struct decoder *decoder = passage->decoder;
    const struct decoder_layer *tables = &decoder->layers[layer];
    const size_t N = decoder->config->hidden, ld = gemm_ld(N);

    norm_backward(decoder->gemm.team, passage->layout->rows, N, x, ld, tables->vector[role], rho,
                  dy, ld, dx, ld, tables->gradient[role]);
}

/* dx is turned back and led through the norms of the heads, in place. */
static void turn_heads_backward(const struct passage *passage, const float *norm, size_t heads,
                                const float *raw, const float *rho, float *dx, float *spare,
                                float *dnorm)
{
    const struct decoder *decoder = passage->decoder;
    const size_t T = passage->layout->rows, D = decoder->config->head_dim, ld = gemm_ld(heads * D);
    struct team *team = decoder->gemm.team;

    rope_backward(team, &decoder->rope, T, heads, passage->positions, dx, ld);
    if (!norm) return;
    copy_rows(spare, dx, T, heads * D);
    clear_rows(dx, T, heads * D);
    for (size_t h = 0; h < heads; h++)
        norm_backward(team, T, D, raw + h * D, ld, norm, rho + h * T, spare + h * D, ld, dx + h * D,
                      ld, dnorm);
}

static void feed_backward(const struct passage *passage, size_t layer, const struct kept *kept,
                          const struct room *room)
{
    const struct config *config = passage->decoder->config;
    const size_t T = passage->layout->rows, F = config->feed, ld = gemm_ld(F);
    struct team *team = passage->decoder->gemm.team;

    swiglu_forward(team, T, F, kept->p, kept->u, ld, room->z, ld);
    backward(passage, layer, WEIGHT_DOWN, room->z, kept, room, room->dx, room->dz, true);
    clear_rows(room->dp, T, F);
    clear_rows(room->du, T, F);
    swiglu_backward(team, T, F, kept->p, kept->u, ld, room->dz, ld, room->dp, room->du, ld);

    norm_rows(passage, layer, WEIGHT_FEED_NORM, kept->mid, room->a, kept->rho_mid);
    backward(passage, layer, WEIGHT_GATE, room->a, kept, room, room->dp, room->da, true);
    backward(passage, layer, WEIGHT_UP, room->a, kept, room, room->du, room->da, false);
    norm_rows_backward(passage, layer, WEIGHT_FEED_NORM, kept->mid, kept->rho_mid, room->da,
                       room->dx);
}

void layer_backward(const struct passage *passage, size_t layer, const struct kept *kept,
                    const struct room *room, bool deepest)
{
    const struct decoder *decoder = passage->decoder;
    const struct decoder_layer *tables = &decoder->layers[layer];
    const struct attention *shape = &tables->attention;
    const size_t T = passage->layout->rows, queries = shape->H * shape->D,
                 keys = shape->K * shape->D;
    float *da = deepest ? NULL : room->da;

    feed_backward(passage, layer, kept, room);
    backward(passage, layer, WEIGHT_O, kept->o, kept, room, room->dx, room->da, true);
    clear_rows(room->dq, T, queries);
    clear_rows(room->dk, T, keys);
    clear_rows(room->dv, T, keys);
    attention_backward(&decoder->gemm, shape, passage->layout, kept->q, gemm_ld(queries), kept->k,
                       kept->v, gemm_ld(keys), kept->o, room->da, gemm_ld(queries), kept->sums,
                       room->dq, room->dk, room->dv);
    turn_heads_backward(passage, tables->vector[WEIGHT_Q_NORM], shape->H, kept->q_raw, kept->rho_q,
                        room->dq, room->da, tables->gradient[WEIGHT_Q_NORM]);
    turn_heads_backward(passage, tables->vector[WEIGHT_K_NORM], shape->K, kept->k_raw, kept->rho_k,
                        room->dk, room->da, tables->gradient[WEIGHT_K_NORM]);

    norm_rows(passage, layer, WEIGHT_INPUT_NORM, kept->x, room->a, kept->rho_x);
    backward(passage, layer, WEIGHT_Q, room->a, kept, room, room->dq, da, true);
    backward(passage, layer, WEIGHT_K, room->a, kept, room, room->dk, da, false);
    backward(passage, layer, WEIGHT_V, room->a, kept, room, room->dv, da, false);
    if (!deepest)
        norm_rows_backward(passage, layer, WEIGHT_INPUT_NORM, kept->x, kept->rho_x, room->da,
                           room->dx);
}

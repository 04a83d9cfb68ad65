#include "ops/swiglu.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

struct swiglu {
    const struct lanes *lanes;
    size_t T, F;
    const float *p, *u, *dz;
    float *z, *dp, *du;
    size_t ld, ldz, lddz, ldd;
};

static void forward_rows(void *context, size_t piece, size_t thread)
{
    const struct swiglu *op = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, op->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++)
        op->lanes->silu_mul(op->p + t * op->ld, op->u + t * op->ld, op->z + t * op->ldz, op->F);
}

void swiglu_forward(struct team *team, size_t T, size_t F, const float *p, const float *u,
                    size_t ld, float *z, size_t ldz)
{
    struct swiglu op = {
        .lanes = lanes_get(), .T = T, .F = F, .p = p, .u = u, .ld = ld, .z = z, .ldz = ldz};

    team_run(team, pieces(PIECE_ROWS, T), forward_rows, &op);
}

static void backward_rows(void *context, size_t piece, size_t thread)
{
    const struct swiglu *op = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, op->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++)
        op->lanes->silu_mul_backward(op->p + t * op->ld, op->u + t * op->ld, op->dz + t * op->lddz,
                                     op->dp + t * op->ldd, op->du + t * op->ldd, op->F);
}

void swiglu_backward(struct team *team, size_t T, size_t F, const float *p, const float *u,
                     size_t ld, const float *dz, size_t lddz, float *dp, float *du, size_t ldd)
{
    struct swiglu op = {.lanes = lanes_get(),
                        .T = T,
                        .F = F,
                        .p = p,
                        .u = u,
                        .ld = ld,
                        .dz = dz,
                        .lddz = lddz,
                        .dp = dp,
                        .du = du,
                        .ldd = ldd};

    team_run(team, pieces(PIECE_ROWS, T), backward_rows, &op);
}

#include "ops/lora.h"

#include "gemm/product.h"

#include <string.h>

void lora_forward(struct team *team, const struct lora *lora, size_t T, const float *x, size_t ldx,
                  float *h, float *y, size_t ldy)
{
    const size_t rank = lora->rank;

    memset(h, 0, T * rank * sizeof *h);
    product_nt(team, T, rank, lora->in, 1, x, ldx, lora->a, lora->in, h, rank);
    if (y) product_nt(team, T, lora->out, rank, lora->scale, h, rank, lora->b, rank, y, ldy);
}

void lora_backward(struct team *team, const struct lora *lora, size_t T, const float *x, size_t ldx,
                   const float *h, const float *dy, size_t lddy, float *e, float *dx, size_t lddx)
{
    const size_t rank = lora->rank, in = lora->in, out = lora->out;

    if (lora->db) product_tn(team, out, rank, T, lora->scale, dy, lddy, h, rank, lora->db, rank);
    if (!lora->da && !dx) return;
    memset(e, 0, T * rank * sizeof *e);
    product_nn(team, T, rank, out, lora->scale, dy, lddy, lora->b, rank, e, rank);
    if (lora->da) product_tn(team, rank, in, T, 1, e, rank, x, ldx, lora->da, in);
    if (dx) product_nn(team, T, in, rank, 1, e, rank, lora->a, in, dx, lddx);
}

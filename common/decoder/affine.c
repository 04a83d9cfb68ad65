#include "decoder/affine.h"

#include "gemm/product.h"
#include "ops/bias.h"
#include "ops/lora.h"
#include "stream/stream.h"

#include <string.h>

static struct dropout dropout_of(const struct affine *affine)
{
    return (struct dropout){.p = affine->dropout,
                            .seed = affine->seed,
                            .call = (affine->call * CONFIG_LAYERS + affine->layer) * WEIGHT_ROLES +
                                    affine->role};
}

static const struct lora *part_of(const struct affine *affine)
{
    return affine->adapted ? decoder_lora(affine->decoder, affine->layer, affine->role) : NULL;
}

/* What the adapter reads: the input, or what dropout leaves of it. */
static const float *adapter_input(const struct affine *affine, size_t T, size_t N,
                                  const struct operand *in, size_t *ld)
{
    const struct dropout dropout = dropout_of(affine);

    *ld = in->ld;
    if (affine->dropout <= 0) return in->x;
    dropout_forward(affine->decoder->gemm.team, &dropout, T, N, in->x, in->ld, affine->dropped,
                    in->ld);
    return affine->dropped;
}

void affine_forward(const struct affine *affine, size_t T, const struct operand *in, float *h,
                    float *y, size_t ldy, bool add)
{
    const struct decoder *decoder = affine->decoder;
    const struct decoder_layer *layer = &decoder->layers[affine->layer];
    const struct matrix *w = &layer->matrix[affine->role];
    const float *bias = layer->vector[weight_bias(affine->role)];
    const struct lora *lora = part_of(affine);

    if (y && affine->stream)
        stream_product(decoder->gemm.team, decoder->gemm.kernel->precision, w, T, in->x, in->ld, y,
                       ldy, add);
    else if (y)
        gemm_forward(&decoder->gemm, w, T, in->narrow, in->ld_narrow, y, ldy, add);
    if (y && bias) bias_forward(decoder->gemm.team, T, (size_t)w->rows, bias, y, ldy);
    if (lora) {
        size_t ld;
        const float *x = adapter_input(affine, T, lora->in, in, &ld);

        lora_forward(decoder->gemm.team, lora, T, x, ld, h, y, ldy);
    }
}

static void lora_part_backward(const struct affine *affine, const struct lora *lora, size_t T,
                               const struct operand *in, const float *h, const float *dy,
                               size_t lddy, float *e, float *dx, size_t lddx)
{
    struct team *team = affine->decoder->gemm.team;
    const struct dropout dropout = dropout_of(affine);
    size_t ld;
    const float *x = adapter_input(affine, T, lora->in, in, &ld);

    if (affine->dropout <= 0 || !dx) {
        lora_backward(team, lora, T, x, ld, h, dy, lddy, e, dx, lddx);
        return;
    }
    for (size_t t = 0; t < T; t++)
        memset(affine->ddropped + t * ld, 0, lora->in * sizeof *affine->ddropped);
    lora_backward(team, lora, T, x, ld, h, dy, lddy, e, affine->ddropped, ld);
    dropout_backward(team, &dropout, T, lora->in, affine->ddropped, ld, dx, lddx);
}

void affine_backward(const struct affine *affine, size_t T, const struct operand *in,
                     const float *h, const float *dy, size_t lddy, bf16 *narrow, float *e,
                     float *dx, size_t lddx, bool first)
{
    const struct decoder *decoder = affine->decoder;
    const struct decoder_layer *layer = &decoder->layers[affine->layer];
    const enum weight_role bias = weight_bias(affine->role);
    const struct matrix *w = &layer->matrix[affine->role];
    struct team *team = decoder->gemm.team;
    const size_t N = (size_t)w->rows, K = (size_t)w->cols;
    const struct lora *lora = part_of(affine);

    if (dx) {
        size_t ld;
        const void *g = gemm_narrow(&decoder->gemm, T, N, dy, lddy, narrow, &ld);

        gemm_backward(&decoder->gemm, w, T, g, ld, dx, lddx, !first);
    }
    if (lora) lora_part_backward(affine, lora, T, in, h, dy, lddy, e, dx, lddx);
    if (layer->gradient[affine->role])
        product_tn(team, N, K, T, 1, dy, lddy, in->x, in->ld, layer->gradient[affine->role], K);
    if (layer->gradient[bias]) bias_backward(team, T, N, dy, lddy, layer->gradient[bias]);
}

#include "decoder/layer.h"

static size_t widest(const struct config *config)
{
    const size_t heads = (size_t)config->heads * config->head_dim;
    const size_t wide = config->feed > config->hidden ? config->feed : config->hidden;

    return heads > wide ? heads : wide;
}

/* The largest rank of the adapter's parts in one linear layer over all depths. */
static size_t rank_of(const struct decoder *decoder, enum weight_role linear)
{
    size_t most = 0;

    for (size_t l = 0; l < decoder->config->layers; l++) {
        const struct lora *lora = decoder_lora(decoder, l, linear);

        if (lora && lora->rank > most) most = lora->rank;
    }
    return most;
}

static size_t largest_rank(const struct decoder *decoder)
{
    size_t most = 0;

    for (size_t i = 0; i < WEIGHT_LINEARS; i++) {
        const size_t rank = rank_of(decoder, weight_linears[i]);

        if (rank > most) most = rank;
    }
    return most;
}

static float *rows(struct slab *slab, size_t T, size_t n)
{
    return slab_floats(slab, T * gemm_ld(n));
}

void kept_take(struct kept *kept, struct slab *slab, const struct decoder *decoder, size_t T)
{
    const struct config *config = decoder->config;
    const size_t H = config->heads, K = config->kv_heads, D = config->head_dim;

    kept->mid = rows(slab, T, config->hidden);
    kept->q = rows(slab, T, H * D);
    kept->k = rows(slab, T, K * D);
    kept->v = rows(slab, T, K * D);
    kept->q_raw = config->qk_norm ? rows(slab, T, H * D) : kept->q;
    kept->k_raw = config->qk_norm ? rows(slab, T, K * D) : kept->k;
    kept->o = rows(slab, T, H * D);
    kept->sums = slab_floats(slab, T * H);
    kept->p = rows(slab, T, config->feed);
    kept->u = rows(slab, T, config->feed);
    kept->rho_x = slab_floats(slab, T);
    kept->rho_mid = slab_floats(slab, T);
    kept->rho_q = config->qk_norm ? slab_floats(slab, T * H) : NULL;
    kept->rho_k = config->qk_norm ? slab_floats(slab, T * K) : NULL;
    for (size_t i = 0; i < WEIGHT_LINEARS; i++)
        kept->h[i] = slab_floats(slab, T * rank_of(decoder, weight_linears[i]));
}

void room_take(struct room *room, struct slab *slab, const struct decoder *decoder, size_t T,
               bool backward, bool dropout)
{
    const struct config *config = decoder->config;
    const size_t H = config->heads, K = config->kv_heads, D = config->head_dim;
    const size_t widths = widest(config), queries = H * D;

    *room = (struct room){0};
    room->a = rows(slab, T, config->hidden);
    room->z = rows(slab, T, config->feed);
    if (decoder->gemm.kernel->precision == PRECISION_BF16)
        room->narrow = slab_take(slab, T * gemm_ld(widths), sizeof(bf16));
    if (dropout) room->dropped = rows(slab, T, widths);
    if (!backward) return;
    room->dx = rows(slab, T, config->hidden);
    room->da = rows(slab, T, queries > config->hidden ? queries : config->hidden);
    room->dz = rows(slab, T, config->feed);
    room->dp = rows(slab, T, config->feed);
    room->du = rows(slab, T, config->feed);
    room->dq = rows(slab, T, queries);
    room->dk = rows(slab, T, K * D);
    room->dv = rows(slab, T, K * D);
    room->e = slab_floats(slab, T * largest_rank(decoder));
    if (dropout) room->ddropped = rows(slab, T, widths);
}

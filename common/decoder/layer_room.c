#include "decoder/layer.h"

static size_t widest(const struct config *config)
{
    const size_t heads = (size_t)config->heads * config->head_dim;
    const size_t wide = config->feed > config->hidden ? config->feed : config->hidden;

    return heads > wide ? heads : wide;
}

/* The largest rank of the adapter's parts in one linear layer over all depths, or in any. */
static size_t rank_of(const struct decoder *decoder, enum weight_role role, bool any)
{
    size_t most = 0;

    for (size_t l = 0; l < decoder->config->layers; l++)
        for (enum weight_role r = WEIGHT_Q; r <= WEIGHT_DOWN; r++) {
            const bool asked = (any || r == role) && decoder->layers[l].matrix[r].rows > 0;
            const struct lora *lora = asked ? decoder_lora(decoder, l, r) : NULL;

            if (lora && lora->rank > most) most = lora->rank;
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
    for (enum weight_role role = 0; role < WEIGHT_ROLES; role++)
        kept->h[role] = slab_floats(slab, T * rank_of(decoder, role, false));
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
    room->e = slab_floats(slab, T * rank_of(decoder, WEIGHT_Q, true));
    if (dropout) room->ddropped = rows(slab, T, widths);
}

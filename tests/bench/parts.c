#include "parts.h"

#include "decoder/affine.h"
#include "decoder/head.h"
#include "machine.h"
#include "ops/bias.h"
#include "ops/embedding.h"
#include "ops/lora.h"
#include "ops/norm.h"
#include "ops/swiglu.h"

const char *const part_names[PARTS] = {
    [PART_OTHER] = "copies",
    [PART_LINEAR_FORWARD] = "linear forward",
    [PART_LINEAR_BACKWARD] = "linear backward",
    [PART_ATTENTION_FORWARD] = "attention forward",
    [PART_ATTENTION_BACKWARD] = "attention backward",
    [PART_HEAD_FORWARD] = "head forward",
    [PART_HEAD_BACKWARD] = "head backward",
    [PART_LORA_FORWARD] = "lora forward",
    [PART_LORA_BACKWARD] = "lora backward",
    [PART_ROWS] = "norms, swiglu, rope",
    [PART_NARROW] = "rounding to bf16",
};

/* Of the one thread that calls the decoder. */
static double spent[PARTS], since;
static enum part current;

static enum part turn_to(enum part part)
{
    const enum part before = current;
    const double now = seconds_now();

    spent[before] += now - since;
    since = now;
    current = part;
    return before;
}

static enum part begin(enum part part)
{
    const bool whole = current == PART_HEAD_FORWARD || current == PART_HEAD_BACKWARD;

    return turn_to(whole ? current : part);
}

void parts_start(void)
{
    memset(spent, 0, sizeof spent);
    current = PART_OTHER;
    since = seconds_now();
}

void parts_stop(double out[PARTS])
{
    turn_to(PART_OTHER);
    memcpy(out, spent, sizeof spent);
}

#define WRAP(which, name, parameters, arguments)                                                   \
    void __real_##name parameters;                                                                 \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        const enum part before = begin(which);                                                     \
                                                                                                   \
        __real_##name arguments;                                                                   \
        turn_to(before);                                                                           \
    }

WRAP(PART_LINEAR_FORWARD, affine_forward,
     (const struct affine *affine, size_t T, const struct operand *in, float *h, float *y,
      size_t ldy, bool add),
     (affine, T, in, h, y, ldy, add))

WRAP(PART_LINEAR_BACKWARD, affine_backward,
     (const struct affine *affine, size_t T, const struct operand *in, const float *h,
      const float *dy, size_t lddy, bf16 *narrow, float *e, float *dx, size_t lddx, bool first),
     (affine, T, in, h, dy, lddy, narrow, e, dx, lddx, first))

WRAP(PART_ATTENTION_FORWARD, attention_forward,
     (const struct gemm *gemm, const struct attention *shape, const struct layout *layout,
      const float *q, size_t ldq, const float *k, const float *v, size_t ldk, float *o, size_t ldo,
      float *sums),
     (gemm, shape, layout, q, ldq, k, v, ldk, o, ldo, sums))

WRAP(PART_ATTENTION_BACKWARD, attention_backward,
     (const struct gemm *gemm, const struct attention *shape, const struct layout *layout,
      const float *q, size_t ldq, const float *k, const float *v, size_t ldk, const float *o,
      const float *dout, size_t ldo, const float *sums, float *dq, float *dk, float *dv),
     (gemm, shape, layout, q, ldq, k, v, ldk, o, dout, ldo, sums, dq, dk, dv))

WRAP(PART_HEAD_FORWARD, head_forward,
     (const struct decoder *decoder, const struct head_room *room, size_t R,
      const struct scored *scored, const float *x, bool keep, double *logp,
      const struct row_facts *facts),
     (decoder, room, R, scored, x, keep, logp, facts))

WRAP(PART_HEAD_BACKWARD, head_backward,
     (const struct decoder *decoder, const struct head_room *room, size_t R,
      const struct scored *scored, const float *dlogp, float *dx),
     (decoder, room, R, scored, dlogp, dx))

WRAP(PART_LORA_FORWARD, lora_forward,
     (struct team * team, const struct lora *lora, size_t T, const float *x, size_t ldx, float *h,
      float *y, size_t ldy),
     (team, lora, T, x, ldx, h, y, ldy))

WRAP(PART_LORA_BACKWARD, lora_backward,
     (struct team * team, const struct lora *lora, size_t T, const float *x, size_t ldx,
      const float *h, const float *dy, size_t lddy, float *e, float *dx, size_t lddx),
     (team, lora, T, x, ldx, h, dy, lddy, e, dx, lddx))

WRAP(PART_ROWS, norm_forward,
     (struct team * team, size_t T, size_t N, float eps, const float *x, size_t ldx, const float *w,
      float *y, size_t ldy, float *rho),
     (team, T, N, eps, x, ldx, w, y, ldy, rho))

WRAP(PART_ROWS, norm_backward,
     (struct team * team, size_t T, size_t N, const float *x, size_t ldx, const float *w,
      const float *rho, const float *dy, size_t lddy, float *dx, size_t lddx, float *dw),
     (team, T, N, x, ldx, w, rho, dy, lddy, dx, lddx, dw))

WRAP(PART_ROWS, swiglu_forward,
     (struct team * team, size_t T, size_t F, const float *p, const float *u, size_t ld, float *z,
      size_t ldz),
     (team, T, F, p, u, ld, z, ldz))

WRAP(PART_ROWS, swiglu_backward,
     (struct team * team, size_t T, size_t F, const float *p, const float *u, size_t ld,
      const float *dz, size_t lddz, float *dp, float *du, size_t ldd),
     (team, T, F, p, u, ld, dz, lddz, dp, du, ldd))

WRAP(PART_ROWS, rope_forward,
     (struct team * team, const struct rope_table *table, size_t T, size_t heads,
      const size_t *positions, float *x, size_t ldx),
     (team, table, T, heads, positions, x, ldx))

WRAP(PART_ROWS, rope_backward,
     (struct team * team, const struct rope_table *table, size_t T, size_t heads,
      const size_t *positions, float *dx, size_t lddx),
     (team, table, T, heads, positions, dx, lddx))

WRAP(PART_ROWS, bias_forward,
     (struct team * team, size_t T, size_t N, const float *b, float *y, size_t ldy),
     (team, T, N, b, y, ldy))

WRAP(PART_ROWS, embedding_forward,
     (struct team * team, const struct matrix *w, size_t T, const uint32_t *ids, float *y,
      size_t ldy),
     (team, w, T, ids, y, ldy))

const void *__real_gemm_narrow(const struct gemm *gemm, size_t rows, size_t n, const float *x,
                               size_t ldx, bf16 *narrow, size_t *ld);
const void *__wrap_gemm_narrow(const struct gemm *gemm, size_t rows, size_t n, const float *x,
                               size_t ldx, bf16 *narrow, size_t *ld);

const void *__wrap_gemm_narrow(const struct gemm *gemm, size_t rows, size_t n, const float *x,
                               size_t ldx, bf16 *narrow, size_t *ld)
{
    const enum part before = begin(PART_NARROW);
    const void *narrowed = __real_gemm_narrow(gemm, rows, n, x, ldx, narrow, ld);

    turn_to(before);
    return narrowed;
}

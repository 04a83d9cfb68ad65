#include "attention/decode.h"

#include "attention/work.h"

#include <math.h>
#include <string.h>

enum { PAGES = ATTENTION_CHUNK / KV_PAGE }; /* between two looks at the maximum */

static size_t key_floats(size_t D)
{
    return strip_bytes(PRECISION_F32, D) / sizeof(float);
}

static size_t value_floats(size_t D)
{
    return (D + STRIP - 1) / STRIP * strip_bytes(PRECISION_F32, KV_PAGE) / sizeof(float);
}

size_t kv_page_floats(const struct attention *shape)
{
    return shape->K * (key_floats(shape->D) + value_floats(shape->D));
}

void kv_page_write(const struct attention *shape, float *page, size_t slot, const float *k,
                   const float *v)
{
    const size_t D = shape->D, keys = key_floats(D), values = value_floats(D);

    if (slot == 0) memset(page, 0, kv_page_floats(shape) * sizeof *page);
    for (size_t head = 0; head < shape->K; head++, page += keys)
        for (size_t d = 0; d < D; d++) page[d * STRIP + slot] = k[head * D + d];
    for (size_t head = 0; head < shape->K; head++, page += values)
        for (size_t d = 0; d < D; d++)
            page[(d / STRIP * KV_PAGE + slot) * STRIP + d % STRIP] = v[head * D + d];
}

void kv_page_read(const struct attention *shape, const float *page, size_t slot, float *k, float *v)
{
    const size_t D = shape->D, keys = key_floats(D), values = value_floats(D);

    for (size_t head = 0; head < shape->K; head++, page += keys)
        for (size_t d = 0; d < D; d++) k[head * D + d] = page[d * STRIP + slot];
    for (size_t head = 0; head < shape->K; head++, page += values)
        for (size_t d = 0; d < D; d++)
            v[head * D + d] = page[(d / STRIP * KV_PAGE + slot) * STRIP + d % STRIP];
}

struct decode {
    struct team *team;
    const struct attention *shape;
    const struct kernel *kernel;
    const struct lanes *lanes;
    const float *q;
    size_t ldq, ldo;
    const struct kv_pages *const *sequences;
    float *o;
};

/* One sequence and head of keys: all heads of queries that read it. */
struct piece {
    const struct decode *run;
    const struct kv_pages *kept;
    size_t head, from; /* the first position seen */
    float *q, *acc;    /* [G][D] */
    float *scores;     /* [G][ATTENTION_LD] */
    float *most, *total;
};

static void take_scratch(struct piece *piece, struct slab *scratch)
{
    const struct attention *shape = piece->run->shape;
    const size_t G = shape->H / shape->K;

    piece->q = slab_take(scratch, G * shape->D * sizeof(float), 1);
    piece->acc = slab_take(scratch, G * shape->D * sizeof(float), 1);
    piece->scores = slab_take(scratch, G * ATTENTION_LD * sizeof(float), 1);
    piece->most = slab_take(scratch, G * sizeof(float), 1);
    piece->total = slab_take(scratch, G * sizeof(float), 1);
}

static void soften_rows(const struct piece *piece, size_t from, size_t to)
{
    const struct decode *run = piece->run;
    const size_t D = run->shape->D, G = run->shape->H / run->shape->K;

    for (size_t g = 0; g < G; g++) {
        float *x = piece->scores + g * ATTENTION_LD;

        memset(x, 0, from * sizeof *x);
        attention_soften(run->lanes, x + from, to - from, piece->most + g, piece->total + g,
                         piece->acc + g * D, D);
    }
}

/* Pages first .. first + count, count no more than PAGES. */
static void decode_pages(const struct piece *piece, size_t first, size_t count)
{
    const struct decode *run = piece->run;
    const size_t D = run->shape->D, K = run->shape->K, G = run->shape->H / K;
    const size_t start = first * KV_PAGE, left = piece->kept->count - start;
    const size_t to = left < count * KV_PAGE ? left : count * KV_PAGE;
    const size_t values = K * key_floats(D) + piece->head * value_floats(D);

    for (size_t i = 0; i < count; i++)
        run->kernel->multiply(G, to - i * KV_PAGE < KV_PAGE ? to - i * KV_PAGE : KV_PAGE, D,
                              piece->q, D,
                              piece->kept->pages[first + i] + piece->head * key_floats(D),
                              piece->scores + i * KV_PAGE, ATTENTION_LD, false);
    soften_rows(piece, piece->from > start ? piece->from - start : 0, to);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < D; d += STRIP)
            run->kernel->multiply(G, D - d < STRIP ? D - d : STRIP,
                                  to - i * KV_PAGE < KV_PAGE ? to - i * KV_PAGE : KV_PAGE,
                                  piece->scores + i * KV_PAGE, ATTENTION_LD,
                                  piece->kept->pages[first + i] + values + d * KV_PAGE,
                                  piece->acc + d, D, true);
}

static void decode_piece(void *context, size_t number, size_t thread)
{
    const struct decode *run = context;
    const size_t D = run->shape->D, K = run->shape->K, G = run->shape->H / K;
    const size_t row = number / K, head = number % K, window = run->shape->window;
    struct piece piece = {.run = run, .kept = run->sequences[row], .head = head};
    const size_t count = piece.kept->count, pages = (count + KV_PAGE - 1) / KV_PAGE;
    struct slab scratch = {0};
    float *o = run->o + row * run->ldo + head * G * D;

    take_scratch(&piece, &scratch);
    scratch =
        (struct slab){.block = team_scratch(run->team, thread, scratch.used), .size = scratch.used};
    take_scratch(&piece, &scratch);
    memcpy(piece.q, run->q + row * run->ldq + head * G * D, G * D * sizeof *piece.q);
    run->lanes->scale((float)(1 / sqrt((double)D)), piece.q, G * D);
    memset(piece.acc, 0, G * D * sizeof *piece.acc);
    memset(piece.total, 0, G * sizeof *piece.total);
    for (size_t g = 0; g < G; g++) piece.most[g] = -INFINITY;
    piece.from = window && count > window ? count - window : 0;
    if (run->kernel->enter) run->kernel->enter();
    for (size_t i = piece.from / KV_PAGE; i < pages; i += PAGES)
        decode_pages(&piece, i, pages - i < PAGES ? pages - i : PAGES);
    if (run->kernel->leave) run->kernel->leave();
    memcpy(o, piece.acc, G * D * sizeof *o);
    for (size_t g = 0; g < G; g++) run->lanes->scale(1 / piece.total[g], o + g * D, D);
}

void attention_decode(struct team *team, const struct attention *shape, size_t M, const float *q,
                      size_t ldq, const struct kv_pages *const *sequences, float *o, size_t ldo)
{
    struct decode run = {.team = team,
                         .shape = shape,
                         .kernel = kernel_get(PRECISION_F32),
                         .lanes = lanes_get(),
                         .q = q,
                         .ldq = ldq,
                         .ldo = ldo,
                         .sequences = sequences};

    run.o = o;
    team_run(team, M * shape->K, decode_piece, &run);
}

/* The gradients of a tile of keys and values: over the queries that see them, of their own segment
 * and of all that continue it. Here scores stand transposed, keys by rows and stacked queries by
 * columns, so that every product is one of rows with strips. */
#include "attention/halves.h"

#include <string.h>

enum { LD = ATTENTION_LD, BLOCK = STRIP }; /* keys taken together */

struct piece {
    const struct backward *run;
    const struct tile *tile;
    size_t head;
    void *k, *v;         /* operands */
    float *dk, *dv;      /* [rows][D] */
    float *lines;        /* stacked queries of a chunk [ATTENTION_CHUNK][D], and others */
    float *sums, *delta; /* of each of them, less than nothing */
    char *q, *dout;      /* strips, transposed; q is scaled */
    char *q_by_rows, *dout_by_rows;
    float *scores, *slopes; /* [BLOCK][LD]: s, then p; dp, then ds */
    char *k_by_rows;        /* strips of the tile's keys */
    float *dq;              /* of the chunk, stacked [ATTENTION_CHUNK][D] */
    float *turned;          /* ds with queries by rows, [ATTENTION_CHUNK][STRIP] */
    void *narrow, *spare;
};

static void take_scratch(struct piece *piece, struct slab *scratch)
{
    const struct attention_work *work = &piece->run->keys;
    const enum precision precision = work->gemm->kernel->precision;
    const size_t D = work->shape->D, across = (D + STRIP - 1) / STRIP;
    const size_t rows = BACKWARD_KEYS * sizeof(float), chunk = ATTENTION_CHUNK * sizeof(float);
    const size_t strips = ATTENTION_CHUNK / STRIP * strip_bytes(precision, D);

    piece->k = slab_take(scratch, rows * work->ld, 1);
    piece->v = slab_take(scratch, rows * work->ld, 1);
    piece->dk = slab_take(scratch, rows * D, 1);
    piece->dv = slab_take(scratch, rows * D, 1);
    piece->lines = slab_take(scratch, chunk * D, 1);
    piece->sums = slab_take(scratch, chunk, 1);
    piece->delta = slab_take(scratch, chunk, 1);
    piece->q = slab_take(scratch, strips, 1);
    piece->dout = slab_take(scratch, strips, 1);
    piece->q_by_rows = slab_take(scratch, across * strip_bytes(precision, ATTENTION_CHUNK), 1);
    piece->dout_by_rows = slab_take(scratch, across * strip_bytes(precision, ATTENTION_CHUNK), 1);
    piece->scores = slab_take(scratch, BLOCK * LD * sizeof(float), 1);
    piece->slopes = slab_take(scratch, BLOCK * LD * sizeof(float), 1);
    piece->k_by_rows = slab_take(scratch, across * strip_bytes(precision, BACKWARD_KEYS), 1);
    piece->dq = slab_take(scratch, chunk * D, 1);
    piece->turned = slab_take(scratch, chunk * STRIP, 1);
    piece->narrow = slab_take(scratch, BLOCK * LD * sizeof(bf16), 1);
    piece->spare =
        slab_take(scratch, strip_scratch(D > ATTENTION_CHUNK ? D : ATTENTION_CHUNK, across), 1);
}

static void gather(const struct piece *piece, const struct tile *chunk, const float *x, size_t ldx)
{
    const size_t width = piece->run->keys.G * piece->run->keys.shape->D;

    x += chunk->first * ldx + piece->head * width;
    for (size_t row = 0; row < chunk->count; row++)
        memcpy(piece->lines + row * width, x + row * ldx, width * sizeof *x);
}

static void pack_queries(const struct piece *piece, const struct tile *chunk)
{
    const struct backward *run = piece->run;
    const struct attention_work *work = &run->keys;
    const enum precision precision = work->gemm->kernel->precision;
    const size_t D = work->shape->D, H = work->shape->H, G = work->G, count = chunk->count * G;
    const size_t across = (D + STRIP - 1) / STRIP;
    const struct matrix lines = matrix_of_floats(piece->lines, count, D, D);

    gather(piece, chunk, run->q, run->ldq);
    strips_of_columns(precision, &lines, 0, count, 0, across, piece->q_by_rows, piece->spare);
    work->lanes->scale(work->scale, piece->lines, count * D);
    attention_pack(precision, &lines, piece->q, piece->spare);
    gather(piece, chunk, run->dout, run->ldo);
    strips_of_columns(precision, &lines, 0, count, 0, across, piece->dout_by_rows, piece->spare);
    attention_pack(precision, &lines, piece->dout, piece->spare);
    for (size_t i = 0; i < count; i++) {
        const size_t row = chunk->first + i / G, head = piece->head * G + i % G;

        piece->sums[i] = -run->sums[row * H + head];
        piece->delta[i] =
            -work->lanes->dot(piece->lines + i * D, run->o + row * run->ldo + head * D, D);
    }
}

static void pack_keys(const struct piece *piece, const float *k)
{
    const struct attention_work *work = &piece->run->keys;
    const size_t D = work->shape->D, count = piece->tile->count;
    const struct matrix keys = matrix_of_floats(k, count, D, piece->run->ldk);

    strips_of_columns(work->gemm->kernel->precision, &keys, 0, count, 0, (D + STRIP - 1) / STRIP,
                      piece->k_by_rows, piece->spare);
}

/* p = exp(s - sums), ds = p (dp - delta) / sqrt(D), and 0 where the query does not see the key. */
static void slope_row(const struct piece *piece, float *p, float *dp, struct span span,
                      struct span all)
{
    const struct attention_work *work = &piece->run->keys;
    const size_t n = span.to - span.from, before = span.from - all.from, after = all.to - span.to;

    memset(p + all.from, 0, before * sizeof *p);
    memset(dp + all.from, 0, before * sizeof *dp);
    memset(p + span.to, 0, after * sizeof *p);
    memset(dp + span.to, 0, after * sizeof *dp);
    p += span.from;
    dp += span.from;
    work->lanes->add(piece->sums + span.from, p, n);
    work->lanes->exp_sum(p, 0, n);
    work->lanes->add(piece->delta + span.from, dp, n);
    work->lanes->weigh(work->scale, p, dp, dp, n);
}

/* Stacked queries of the chunk that see the key. */
static struct span span_of_key(const struct piece *piece, size_t key, const struct tile *chunk)
{
    const struct attention_work *work = &piece->run->keys;
    const struct span span = span_of_queries(work->shape->window, piece->tile->position + key,
                                             chunk->position, chunk->count);

    return (struct span){span.from * work->G, span.to * work->G};
}

/* What keys row .. row + count give to the gradients of the chunk's queries. */
static void add_to_queries(const struct piece *piece, size_t row, size_t count, struct span all)
{
    const struct attention_work *work = &piece->run->keys;
    const size_t D = work->shape->D, depth = all.to - all.from;
    const struct matrix slopes = matrix_of_floats(piece->slopes + all.from, count, depth, LD);
    const bool wide = work->element == sizeof(float);

    strip_of_rows(PRECISION_F32, &slopes, 0, count, 0, depth, piece->turned, piece->spare);
    if (!wide) work->lanes->to_bf16(piece->turned, piece->narrow, depth * STRIP);
    attention_multiply(work, depth, D, count, wide ? (void *)piece->turned : piece->narrow, STRIP,
                       piece->k_by_rows, piece->tile->count, row, piece->dq + all.from * D, D,
                       true);
}

static void keys_block(const struct piece *piece, const struct tile *chunk, size_t row,
                       size_t count)
{
    const struct attention_work *work = &piece->run->keys;
    const size_t D = work->shape->D, at = row * work->ld * work->element;
    struct span all = {span_of_key(piece, row, chunk).from,
                       span_of_key(piece, row + count - 1, chunk).to};
    const size_t strip = all.from / STRIP, skip = strip * STRIP, queries = chunk->count * work->G;
    const size_t strips = strip * strip_bytes(work->gemm->kernel->precision, D);

    if (all.from >= all.to) return;
    all.from = all.from / STRIP_DEPTH * STRIP_DEPTH;
    attention_multiply(work, count, all.to - skip, D, (const char *)piece->k + at, work->ld,
                       piece->q + strips, D, 0, piece->scores + skip, LD, false);
    attention_multiply(work, count, all.to - skip, D, (const char *)piece->v + at, work->ld,
                       piece->dout + strips, D, 0, piece->slopes + skip, LD, false);
    for (size_t i = 0; i < count; i++)
        slope_row(piece, piece->scores + i * LD, piece->slopes + i * LD,
                  span_of_key(piece, row + i, chunk), all);
    attention_accumulate(work, count, all, piece->scores, piece->narrow, piece->dout_by_rows,
                         queries, piece->dv + row * D);
    attention_accumulate(work, count, all, piece->slopes, piece->narrow, piece->q_by_rows, queries,
                         piece->dk + row * D);
    if (piece->run->whole) add_to_queries(piece, row, count, all);
}

/* The chunk's gradients between their places and the stack. */
static void move_queries(const struct piece *piece, const struct tile *chunk, bool there)
{
    const struct backward *run = piece->run;
    const size_t width = run->keys.G * run->keys.shape->D;

    for (size_t i = 0; i < chunk->count; i++) {
        float *place = run->dq + (chunk->first + i) * run->ldq + piece->head * width;
        float *stacked = piece->dq + i * width;

        memcpy(there ? place : stacked, there ? stacked : place, width * sizeof *place);
    }
}

static void keys_chunk(const struct piece *piece, const struct tile *chunk)
{
    const struct tile *tile = piece->tile;
    const size_t rows = tile->count;

    if (span_of_key(piece, 0, chunk).from >= span_of_key(piece, rows - 1, chunk).to) return;
    pack_queries(piece, chunk);
    if (piece->run->whole) move_queries(piece, chunk, false);
    for (size_t row = 0; row < rows; row += BLOCK)
        keys_block(piece, chunk, row, rows - row < BLOCK ? rows - row : BLOCK);
    if (piece->run->whole) move_queries(piece, chunk, true);
}

/* What is there already is added to; where nothing is wanted, to nothing. */
static void load_gradient(const struct piece *piece, const float *from, float *to)
{
    const size_t D = piece->run->keys.shape->D, ld = piece->run->ldk;

    for (size_t i = 0; i < piece->tile->count; i++)
        if (from)
            memcpy(to + i * D, from + (piece->tile->first + i) * ld + piece->head * D,
                   D * sizeof *to);
        else
            memset(to + i * D, 0, D * sizeof *to);
}

static void store_gradient(const struct piece *piece, const float *from, float *to)
{
    const size_t D = piece->run->keys.shape->D, ld = piece->run->ldk;

    for (size_t i = 0; to && i < piece->tile->count; i++)
        memcpy(to + (piece->tile->first + i) * ld + piece->head * D, from + i * D, D * sizeof *to);
}

void backward_keys(const struct backward *run, const struct tile *tile, size_t head, size_t thread)
{
    const struct attention_work *work = &run->keys;
    const struct layout *layout = work->layout;
    const size_t D = work->shape->D, at = tile->first * run->ldk + head * D;
    const size_t rows = ATTENTION_CHUNK / work->G;
    struct piece piece = {.run = run, .tile = tile, .head = head};
    struct slab scratch = {0};

    take_scratch(&piece, &scratch);
    scratch = (struct slab){.block = team_scratch(work->gemm->team, thread, scratch.used),
                            .size = scratch.used};
    take_scratch(&piece, &scratch);
    attention_stack(work, 1, run->k + at, run->ldk, tile->count, D, piece.spare, piece.k);
    attention_stack(work, 1, run->v + at, run->ldk, tile->count, D, piece.spare, piece.v);
    if (run->whole) pack_keys(&piece, run->k + at);
    load_gradient(&piece, run->dk, piece.dk);
    load_gradient(&piece, run->dv, piece.dv);
    for (size_t i = tile->segment; i < layout->count; i++) {
        const struct tile queries = tile_of_segment(layout, i);

        if (i > tile->segment && layout->segments[i].parent == SEGMENT_ROOT) break;
        if (!layout_continues(layout, i, tile->segment)) continue;
        for (size_t from = 0; from < queries.count; from += rows) {
            const struct tile chunk = tile_part(&queries, from, rows);

            keys_chunk(&piece, &chunk);
        }
    }
    store_gradient(&piece, piece.dk, run->dk);
    store_gradient(&piece, piece.dv, run->dv);
}

/* The gradients of a tile of stacked queries: over its keys, chunk by chunk, from the root on. */
#include "attention/halves.h"

#include <string.h>

enum { LD = ATTENTION_LD };

struct piece {
    const struct backward *run;
    const struct tile *tile;
    size_t head; /* of keys */
    size_t *path;
    void *q, *dout;                     /* operands; q is scaled */
    float *sums, *delta;                /* of each stacked row */
    float *dq;                          /* stacked [rows][D] */
    char *keys, *values, *keys_by_rows; /* strips of the chunk: transposed, transposed, not */
    float *scores, *slopes;             /* [ATTENTION_BLOCK][LD]: s, then p; dp, then ds */
    float *minus_delta;                 /* of one row, ATTENTION_CHUNK times */
    void *narrow, *spare;
};

static void take_scratch(struct piece *piece, struct slab *scratch)
{
    const struct attention_work *work = &piece->run->queries;
    const enum precision precision = work->gemm->kernel->precision;
    const size_t D = work->shape->D, across = (D + STRIP - 1) / STRIP;
    const size_t rows = (BACKWARD_QUERIES + work->G) * sizeof(float);
    const size_t strips = ATTENTION_CHUNK / STRIP * strip_bytes(precision, D);

    piece->path = slab_take(scratch, work->layout->count * sizeof *piece->path, 1);
    piece->q = slab_take(scratch, rows * work->ld, 1);
    piece->dout = slab_take(scratch, rows * work->ld, 1);
    piece->sums = slab_take(scratch, rows, 1);
    piece->delta = slab_take(scratch, rows, 1);
    piece->dq = slab_take(scratch, rows * D, 1);
    piece->keys = slab_take(scratch, strips, 1);
    piece->values = slab_take(scratch, strips, 1);
    piece->keys_by_rows = slab_take(scratch, across * strip_bytes(precision, ATTENTION_CHUNK), 1);
    piece->scores = slab_take(scratch, ATTENTION_BLOCK * LD * sizeof(float), 1);
    piece->slopes = slab_take(scratch, ATTENTION_BLOCK * LD * sizeof(float), 1);
    piece->minus_delta = slab_take(scratch, ATTENTION_CHUNK * sizeof(float), 1);
    piece->narrow = slab_take(scratch, ATTENTION_BLOCK * LD * sizeof(bf16), 1);
    piece->spare =
        slab_take(scratch, strip_scratch(D > ATTENTION_CHUNK ? D : ATTENTION_CHUNK, across), 1);
}

static void pack_chunk(const struct piece *piece, const struct tile *chunk)
{
    const struct backward *run = piece->run;
    const enum precision precision = run->queries.gemm->kernel->precision;
    const size_t D = run->queries.shape->D, at = chunk->first * run->ldk + piece->head * D;
    const struct matrix keys = matrix_of_floats(run->k + at, chunk->count, D, run->ldk);
    const struct matrix values = matrix_of_floats(run->v + at, chunk->count, D, run->ldk);

    attention_pack(precision, &keys, piece->keys, piece->spare);
    attention_pack(precision, &values, piece->values, piece->spare);
    strips_of_columns(precision, &keys, 0, chunk->count, 0, (D + STRIP - 1) / STRIP,
                      piece->keys_by_rows, piece->spare);
}

/* ds = p (dp - delta) / sqrt(D), and 0 where the row does not see the key. */
static void slope_row(const struct piece *piece, size_t row, float *p, float *dp, struct span span,
                      struct span all)
{
    const struct attention_work *work = &piece->run->queries;
    const size_t n = span.to - span.from;

    memset(dp + all.from, 0, (span.from - all.from) * sizeof *dp);
    memset(dp + span.to, 0, (all.to - span.to) * sizeof *dp);
    if (n == 0) return;
    p += span.from;
    dp += span.from;
    for (size_t i = 0; i < n; i++) piece->minus_delta[i] = -piece->delta[row];
    work->lanes->exp_sum(p, piece->sums[row], n);
    work->lanes->add(piece->minus_delta, dp, n);
    work->lanes->weigh(work->scale, p, dp, dp, n);
}

/* Stacked rows row .. row + count of the tile against the packed chunk. */
static void queries_block(const struct piece *piece, const struct tile *chunk, size_t row,
                          size_t count)
{
    const struct attention_work *work = &piece->run->queries;
    const size_t D = work->shape->D, at = row * work->ld * work->element;
    const struct span all = span_of_block(work, piece->tile, row, count, chunk);
    const size_t strip = all.from / STRIP, skip = strip * STRIP;
    const size_t strips = strip * strip_bytes(work->gemm->kernel->precision, D);

    if (all.from >= all.to) return;
    attention_multiply(work, count, all.to - skip, D, (const char *)piece->q + at, work->ld,
                       piece->keys + strips, D, 0, piece->scores + skip, LD, false);
    attention_multiply(work, count, all.to - skip, D, (const char *)piece->dout + at, work->ld,
                       piece->values + strips, D, 0, piece->slopes + skip, LD, false);
    for (size_t i = 0; i < count; i++)
        slope_row(piece, row + i, piece->scores + i * LD, piece->slopes + i * LD,
                  span_of_row(work, piece->tile, row + i, chunk), all);
    attention_accumulate(work, count, all, piece->slopes, piece->narrow, piece->keys_by_rows,
                         chunk->count, piece->dq + row * D);
}

static void queries_chunk(const struct piece *piece, const struct tile *whole)
{
    const size_t rows = piece->tile->count * piece->run->queries.G;
    const struct tile chunk = tile_seen(&piece->run->queries, piece->tile, whole);

    if (chunk.count == 0) return;
    pack_chunk(piece, &chunk);
    for (size_t row = 0; row < rows; row += ATTENTION_BLOCK)
        queries_block(piece, &chunk, row,
                      rows - row < ATTENTION_BLOCK ? rows - row : ATTENTION_BLOCK);
}

static void load_rows(const struct piece *piece)
{
    const struct backward *run = piece->run;
    const struct attention_work *work = &run->queries;
    const size_t D = work->shape->D, H = work->shape->H, G = work->G, first = piece->tile->first;
    const size_t count = piece->tile->count, col = piece->head * G * D;

    attention_stack(work, work->scale, run->q + first * run->ldq + col, run->ldq, count, G * D,
                    piece->spare, piece->q);
    attention_stack(work, 1, run->dout + first * run->ldo + col, run->ldo, count, G * D,
                    piece->spare, piece->dout);
    for (size_t i = 0; i < count * G; i++) {
        const size_t row = first + i / G, at = row * run->ldo + col + i % G * D;

        piece->sums[i] = run->sums[row * H + piece->head * G + i % G];
        piece->delta[i] = work->lanes->dot(run->dout + at, run->o + at, D);
        memcpy(piece->dq + i * D, run->dq + row * run->ldq + col + i % G * D, D * sizeof(float));
    }
}

static void store_rows(const struct piece *piece)
{
    const struct backward *run = piece->run;
    const size_t width = run->queries.G * run->queries.shape->D;

    for (size_t i = 0; i < piece->tile->count; i++)
        memcpy(run->dq + (piece->tile->first + i) * run->ldq + piece->head * width,
               piece->dq + i * width, width * sizeof(float));
}

void backward_queries(const struct backward *run, const struct tile *tile, size_t head,
                      size_t thread)
{
    const struct attention_work *work = &run->queries;
    struct piece piece = {.run = run, .tile = tile, .head = head};
    struct slab scratch = {0};
    size_t depth;

    take_scratch(&piece, &scratch);
    scratch = (struct slab){.block = team_scratch(work->gemm->team, thread, scratch.used),
                            .size = scratch.used};
    take_scratch(&piece, &scratch);
    load_rows(&piece);
    depth = layout_path(work->layout, tile->segment, piece.path);
    for (size_t i = 0; i < depth; i++) {
        const struct tile keys = tile_of_segment(work->layout, piece.path[i]);

        for (size_t at = 0; at < keys.count; at += ATTENTION_CHUNK) {
            const struct tile chunk = tile_part(&keys, at, ATTENTION_CHUNK);

            queries_chunk(&piece, &chunk);
        }
    }
    store_rows(&piece);
}

/* All tiles of keys of one tree. */
static void backward_tree(const struct backward *run, size_t tree, size_t head, size_t thread)
{
    const struct attention_work *work = &run->keys;

    for (size_t i = 0, roots = 0; i < work->count; i++) {
        const struct tile *tile = &work->tiles[i];
        const struct segment *segment = &work->layout->segments[tile->segment];

        roots += segment->parent == SEGMENT_ROOT && tile->first == segment->first;
        if (roots == tree + 1) backward_keys(run, tile, head, thread);
    }
}

/* The first keys are seen by the most queries, the last queries see the most keys: the heavy pieces
 * come first. */
static void backward_piece(void *context, size_t number, size_t thread)
{
    const struct backward *run = context;
    const struct kernel *kernel = run->keys.gemm->kernel;
    const size_t K = run->keys.shape->K, head = number % K;
    const size_t keys = run->dk || run->dv ? run->keys.count : 0;

    number /= K;
    if (kernel->enter) kernel->enter();
    if (run->whole)
        backward_tree(run, number, head, thread);
    else if (number < keys)
        backward_keys(run, &run->keys.tiles[number], head, thread);
    else
        backward_queries(run, &run->queries.tiles[run->queries.count - 1 - (number - keys)], head,
                         thread);
    if (kernel->leave) kernel->leave();
}

static size_t trees_of(const struct layout *layout)
{
    size_t trees = 0;

    for (size_t i = 0; i < layout->count; i++) trees += layout->segments[i].parent == SEGMENT_ROOT;
    return trees;
}

/* In halves there are 7 products, as a whole 5: that pays as long as the threads share the trees
 * evenly enough. */
static bool whole_pays(size_t trees, size_t threads)
{
    return 5 * ((trees + threads - 1) / threads) * threads <= 7 * trees;
}

void attention_backward(const struct gemm *gemm, const struct attention *shape,
                        const struct layout *layout, const float *q, size_t ldq, const float *k,
                        const float *v, size_t ldk, const float *o, const float *dout, size_t ldo,
                        const float *sums, float *dq, float *dk, float *dv)
{
    const size_t trees = trees_of(layout);
    struct backward run = {.q = q, .k = k, .v = v, .o = o, .dout = dout, .sums = sums};
    size_t pieces = 0;

    run.ldq = ldq, run.ldk = ldk, run.ldo = ldo;
    run.dq = dq, run.dk = dk, run.dv = dv;
    run.whole = dq && (dk || dv) && whole_pays(trees * shape->K, team_size(gemm->team));
    attention_work_init(&run.queries, gemm, shape, layout, BACKWARD_QUERIES, shape->H / shape->K,
                        true);
    attention_work_init(&run.keys, gemm, shape, layout, BACKWARD_KEYS, 1, !run.whole);
    if (dk || dv) pieces += run.keys.count;
    if (dq) pieces += run.queries.count;
    if (run.whole) pieces = trees;
    team_run(gemm->team, pieces * shape->K, backward_piece, &run);
    attention_work_release(&run.queries);
    attention_work_release(&run.keys);
}

/* Forward: a tile of stacked queries meets its keys chunk by chunk, from the root of its path on.
 * What has been summed so far is scaled down when a chunk raises the maximum. */
#include "attention/attention.h"

#include "attention/work.h"

#include <math.h>
#include <string.h>

enum { TILE_ROWS = 512, LD = ATTENTION_LD };

struct forward {
    struct attention_work work;
    const float *q, *k, *v;
    size_t ldq, ldk, ldo;
    float *o, *sums;
};

struct piece {
    const struct forward *run;
    struct tile tile;
    size_t head; /* of keys */
    size_t *path;
    void *q;    /* operand, scaled */
    float *acc; /* stacked [rows][D]: sums of exp(s - most) v */
    float *most, *total;
    char *keys, *values; /* strips of the chunk */
    float *scores;       /* [ATTENTION_BLOCK][LD] */
    void *narrow;        /* the same as operands */
    void *spare;
};

static void take_scratch(struct piece *piece, const struct forward *run, struct slab *scratch)
{
    const struct attention_work *work = &run->work;
    const enum precision precision = work->gemm->kernel->precision;
    const size_t D = work->shape->D, across = (D + STRIP - 1) / STRIP;
    const size_t rows = (TILE_ROWS + work->G) * sizeof(float);

    piece->path = slab_take(scratch, work->layout->count * sizeof *piece->path, 1);
    piece->q = slab_take(scratch, rows * work->ld, 1);
    piece->acc = slab_take(scratch, rows * D, 1);
    piece->most = slab_take(scratch, rows, 1);
    piece->total = slab_take(scratch, rows, 1);
    piece->keys = slab_take(scratch, ATTENTION_CHUNK / STRIP * strip_bytes(precision, D), 1);
    piece->values = slab_take(scratch, across * strip_bytes(precision, ATTENTION_CHUNK), 1);
    piece->scores = slab_take(scratch, ATTENTION_BLOCK * LD * sizeof *piece->scores, 1);
    piece->narrow = slab_take(scratch, ATTENTION_BLOCK * LD * sizeof(bf16), 1);
    piece->spare =
        slab_take(scratch, strip_scratch(D > ATTENTION_CHUNK ? D : ATTENTION_CHUNK, across), 1);
}

static void pack_chunk(const struct piece *piece, const struct tile *chunk)
{
    const struct forward *run = piece->run;
    const struct attention_work *work = &run->work;
    const enum precision precision = work->gemm->kernel->precision;
    const size_t D = work->shape->D, at = chunk->first * run->ldk + piece->head * D;
    const struct matrix keys = matrix_of_floats(run->k + at, chunk->count, D, run->ldk);
    const struct matrix values = matrix_of_floats(run->v + at, chunk->count, D, run->ldk);

    attention_pack(precision, &keys, piece->keys, piece->spare);
    strips_of_columns(precision, &values, 0, chunk->count, 0, (D + STRIP - 1) / STRIP,
                      piece->values, piece->spare);
}

/* The columns of all are read by the product: those the row does not see count nothing. */
static void soften_row(const struct piece *piece, size_t row, float *x, struct span span,
                       struct span all)
{
    const struct attention_work *work = &piece->run->work;
    const size_t D = work->shape->D;

    memset(x + all.from, 0, (span.from - all.from) * sizeof *x);
    memset(x + span.to, 0, (all.to - span.to) * sizeof *x);
    if (span.from < span.to)
        attention_soften(work->lanes, x + span.from, span.to - span.from, piece->most + row,
                         piece->total + row, piece->acc + row * D, D);
}

/* Stacked rows row .. row + count of the tile against the packed chunk. */
static void forward_block(const struct piece *piece, const struct tile *chunk, size_t row,
                          size_t count)
{
    const struct attention_work *work = &piece->run->work;
    const size_t D = work->shape->D;
    const char *q = (const char *)piece->q + row * work->ld * work->element;
    const struct span all = span_of_block(work, &piece->tile, row, count, chunk);
    const size_t strip = all.from / STRIP, skip = strip * STRIP;

    if (all.from >= all.to) return;
    attention_multiply(work, count, all.to - skip, D, q, work->ld,
                       piece->keys + strip * strip_bytes(work->gemm->kernel->precision, D), D, 0,
                       piece->scores + skip, LD, false);
    for (size_t i = 0; i < count; i++)
        soften_row(piece, row + i, piece->scores + i * LD,
                   span_of_row(work, &piece->tile, row + i, chunk), all);
    attention_accumulate(work, count, all, piece->scores, piece->narrow, piece->values,
                         chunk->count, piece->acc + row * D);
}

static void forward_chunk(const struct piece *piece, const struct tile *whole)
{
    const size_t rows = piece->tile.count * piece->run->work.G;
    const struct tile chunk = tile_seen(&piece->run->work, &piece->tile, whole);

    if (chunk.count == 0) return;
    pack_chunk(piece, &chunk);
    for (size_t row = 0; row < rows; row += ATTENTION_BLOCK)
        forward_block(piece, &chunk, row,
                      rows - row < ATTENTION_BLOCK ? rows - row : ATTENTION_BLOCK);
}

static void write_rows(const struct piece *piece)
{
    const struct forward *run = piece->run;
    const size_t D = run->work.shape->D, H = run->work.shape->H, G = run->work.G;

    for (size_t i = 0; i < piece->tile.count * G; i++) {
        const size_t row = piece->tile.first + i / G, head = piece->head * G + i % G;
        float *o = run->o + row * run->ldo + head * D;

        memcpy(o, piece->acc + i * D, D * sizeof *o);
        run->work.lanes->scale(1 / piece->total[i], o, D);
        run->sums[row * H + head] = piece->most[i] + logf(piece->total[i]);
    }
}

/* The last tiles see the most, so they come first. */
static void forward_piece(void *context, size_t number, size_t thread)
{
    const struct forward *run = context;
    const struct attention_work *work = &run->work;
    const size_t K = work->shape->K, width = work->G * work->shape->D;
    struct piece piece = {
        .run = run, .tile = work->tiles[work->count - 1 - number / K], .head = number % K};
    struct slab scratch = {0};
    size_t rows, depth;

    take_scratch(&piece, run, &scratch);
    scratch = (struct slab){.block = team_scratch(work->gemm->team, thread, scratch.used),
                            .size = scratch.used};
    take_scratch(&piece, run, &scratch);
    rows = piece.tile.count * work->G;
    attention_stack(work, work->scale, run->q + piece.tile.first * run->ldq + piece.head * width,
                    run->ldq, piece.tile.count, width, piece.spare, piece.q);
    memset(piece.acc, 0, rows * work->shape->D * sizeof *piece.acc);
    memset(piece.total, 0, rows * sizeof *piece.total);
    for (size_t i = 0; i < rows; i++) piece.most[i] = -INFINITY;
    if (work->gemm->kernel->enter) work->gemm->kernel->enter();
    depth = layout_path(work->layout, piece.tile.segment, piece.path);
    for (size_t i = 0; i < depth; i++) {
        const struct tile keys = tile_of_segment(work->layout, piece.path[i]);

        for (size_t at = 0; at < keys.count; at += ATTENTION_CHUNK) {
            const struct tile chunk = tile_part(&keys, at, ATTENTION_CHUNK);

            forward_chunk(&piece, &chunk);
        }
    }
    if (work->gemm->kernel->leave) work->gemm->kernel->leave();
    write_rows(&piece);
}

void attention_forward(const struct gemm *gemm, const struct attention *shape,
                       const struct layout *layout, const float *q, size_t ldq, const float *k,
                       const float *v, size_t ldk, float *o, size_t ldo, float *sums)
{
    struct forward run = {.q = q, .k = k, .v = v, .ldq = ldq, .ldk = ldk, .ldo = ldo};

    run.o = o;
    run.sums = sums;
    attention_work_init(&run.work, gemm, shape, layout, TILE_ROWS, shape->H / shape->K, true);
    team_run(gemm->team, run.work.count * shape->K, forward_piece, &run);
    attention_work_release(&run.work);
}

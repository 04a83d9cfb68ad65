#include "attention/work.h"

#include "core/memory.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static size_t cut(const struct layout *layout, size_t rows, struct tile *tiles)
{
    size_t count = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct tile whole = tile_of_segment(layout, i);

        for (size_t at = i == 0 ? layout->known : 0; at < whole.count; at += rows, count++)
            if (tiles) tiles[count] = tile_part(&whole, at, rows);
    }
    return count;
}

void attention_work_init(struct attention_work *work, const struct gemm *gemm,
                         const struct attention *shape, const struct layout *layout, size_t rows,
                         size_t stack, bool shared)
{
    const size_t threads = team_size(gemm->team), wanted = shared && threads > 1 ? 4 * threads : 1;

    *work = (struct attention_work){
        .gemm = gemm,
        .shape = shape,
        .layout = layout,
        .lanes = lanes_get(),
        .G = shape->H / shape->K,
        .scale = (float)(1 / sqrt((double)shape->D)),
        .element = gemm->kernel->precision == PRECISION_F32 ? sizeof(float) : sizeof(bf16),
        .ld = gemm_ld(shape->D)};
    assert(work->G <= ATTENTION_CHUNK);
    while (rows > ATTENTION_BLOCK &&
           cut(layout, (rows + stack - 1) / stack, NULL) * shape->K < wanted)
        rows /= 2;
    rows = (rows + stack - 1) / stack;
    work->tiles = mem_alloc((cut(layout, rows, NULL) + 1) * sizeof *work->tiles);
    work->count = cut(layout, rows, work->tiles);
}

void attention_work_release(struct attention_work *work)
{
    mem_free(work->tiles);
}

struct span span_of_row(const struct attention_work *work, const struct tile *tile, size_t row,
                        const struct tile *chunk)
{
    return span_of_keys(work->shape->window, tile->position + row / work->G, chunk->position,
                        chunk->count);
}

struct span span_of_block(const struct attention_work *work, const struct tile *tile, size_t row,
                          size_t count, const struct tile *chunk)
{
    const size_t from = span_of_row(work, tile, row, chunk).from;

    return (struct span){from / STRIP_DEPTH * STRIP_DEPTH,
                         span_of_row(work, tile, row + count - 1, chunk).to};
}

struct tile tile_seen(const struct attention_work *work, const struct tile *tile,
                      const struct tile *chunk)
{
    const size_t from = span_of_row(work, tile, 0, chunk).from / STRIP * STRIP;
    const size_t to = span_of_row(work, tile, tile->count * work->G - 1, chunk).to;

    return tile_part(chunk, from, from < to ? to - from : 0);
}

void attention_stack(const struct attention_work *work, float s, const float *x, size_t ldx,
                     size_t count, size_t width, float *spare, void *out)
{
    const size_t D = work->shape->D;
    char *to = out;

    for (size_t row = 0; row < count; row++, x += ldx)
        for (size_t i = 0; i < width; i += D, to += work->ld * work->element) {
            const bool wide = work->element == sizeof(float);
            float *line = wide ? (float *)(void *)to : spare;

            memcpy(line, x + i, D * sizeof *line);
            if (s != 1) work->lanes->scale(s, line, D);
            if (!wide) work->lanes->to_bf16(line, (bf16 *)(void *)to, D);
        }
}

void attention_pack(enum precision precision, const struct matrix *matrix, char *strips,
                    void *scratch)
{
    const size_t step = strip_bytes(precision, matrix->cols);

    for (uint64_t row = 0; row < matrix->rows; row += STRIP, strips += step) {
        const uint64_t left = matrix->rows - row;

        strip_of_rows(precision, matrix, row, left < STRIP ? (size_t)left : STRIP, 0, matrix->cols,
                      strips, scratch);
    }
}

void attention_multiply(const struct attention_work *work, size_t rows, size_t columns,
                        size_t depth, const void *x, size_t ldx, const char *strips,
                        size_t strip_depth, size_t skip, float *y, size_t ldy, bool add)
{
    const struct kernel *kernel = work->gemm->kernel;
    const size_t step = strip_bytes(kernel->precision, strip_depth);

    strips += skip * STRIP * work->element;
    for (size_t at = 0; at < columns; at += STRIP, strips += step)
        kernel->multiply(rows, columns - at < STRIP ? columns - at : STRIP, depth, x, ldx, strips,
                         y + at, ldy, add);
}

void attention_soften(const struct lanes *lanes, float *x, size_t n, float *most, float *total,
                      float *acc, size_t D)
{
    const float here = lanes->max(x, n);

    if (here > *most) {
        const float factor = expf(*most - here);

        lanes->scale(factor, acc, D);
        *total *= factor;
        *most = here;
    }
    *total += lanes->exp_sum(x, *most, n);
}

void attention_accumulate(const struct attention_work *work, size_t rows, struct span all,
                          const float *scores, void *narrow, const char *strips, size_t strip_depth,
                          float *y)
{
    const size_t depth = all.to - all.from, D = work->shape->D;
    const void *x = scores + all.from;

    if (work->element == sizeof(bf16)) {
        bf16 *to = (bf16 *)narrow + all.from;

        for (size_t i = 0; i < rows; i++)
            work->lanes->to_bf16(scores + i * ATTENTION_LD + all.from, to + i * ATTENTION_LD,
                                 depth);
        x = to;
    }
    attention_multiply(work, rows, D, depth, x, ATTENTION_LD, strips, strip_depth, all.from, y, D,
                       true);
}

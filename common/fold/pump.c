#include "fold/pump.h"

#include "core/mapped.h"
#include "tensor/finite.h"

#include <string.h>

enum {
    CHUNK = 4 << 20,  /* bytes that are written together */
    PIECE = 32 << 10, /* elements that a thread folds together */
    LEAST_ROWS = 8
};

/* Bytes that are ready, in the base's file or in a buffer. */
struct chunk {
    const unsigned char *at;
    size_t bytes;
    bool is_mapped;
};

struct run {
    const struct pump *pump;
    const struct plan_item *item;
    struct operands operands;
    unsigned char *buffers[2];
    size_t current;     /* of the buffers */
    struct chunk ready; /* written while the next one is folded */
    struct chunk next;
    uint64_t first;
    size_t count, piece;        /* rows of the next chunk, and of a piece of it */
    struct fold_tally *tallies; /* of each thread */
    uint64_t done, all;
    bool written;
    struct err *err;
};

/* Rows that leave as they stand in the file. */
static bool is_copied(const struct run *run)
{
    const struct rows *rows = &run->operands.rows;

    return rows->count == 0 && rows->source.dtype == rows->dtype && !rows->source.heads_permuted;
}

static void write_ready(struct run *run)
{
    if (run->ready.bytes == 0) return;
    run->written = sink_write(run->pump->sink, run->ready.at, run->ready.bytes, run->err);
    if (run->ready.is_mapped) mapped_drop(run->ready.at, run->ready.bytes);
    run->done += run->ready.bytes;
}

static void fold_piece(struct run *run, size_t piece, size_t thread)
{
    const struct rows *rows = &run->operands.rows;
    const size_t begin = piece * run->piece;
    const size_t count = run->count - begin < run->piece ? run->count - begin : run->piece;
    const size_t at = rows_bytes(rows, begin);
    struct fold_tally *tally = &run->tallies[thread];

    if (run->next.is_mapped) {
        tally->infinite |=
            !finite_elements(rows->dtype, run->next.at + at, count * rows->source.cols);
        return;
    }
    rows_fold(rows, run->first + begin, count, run->buffers[run->current] + at,
              team_scratch(run->pump->team, thread, rows_scratch(rows, count)), tally);
}

static void work(void *context, size_t piece, size_t thread)
{
    struct run *run = context;

    if (piece == 0)
        write_ready(run);
    else
        fold_piece(run, piece - 1, thread);
}

static bool tell_infinite(const struct run *run, struct err *err)
{
    const struct rows *rows = &run->operands.rows;
    char name[WEIGHT_NAME];

    weight_name(run->item->role, WEIGHT_HF, run->item->layer, name);
    return err_set(err, "'%s' holds a NaN or an infinity%s%s", name,
                   rows->count ? " when it is folded" : "",
                   rows->dtype == DTYPE_F16 && (rows->count || rows->source.dtype != DTYPE_F16)
                       ? ", or a number that is too large for F16"
                       : "");
}

static bool any_infinite(const struct run *run)
{
    bool found = false;

    for (size_t i = 0; i < team_size(run->pump->team); i++)
        found = found || run->tallies[i].infinite;
    return found;
}

/* The source's rows lie side by side unless heads are permuted; those stay within their tensor. */
static void drop_source(const struct run *run)
{
    const struct matrix *source = &run->operands.rows.source;

    if (source->heads_permuted) {
        if (run->first + run->count == source->rows)
            mapped_drop(source->at, source->rows * source->stride);
    } else {
        mapped_drop(source->at + run->first * source->stride, run->count * source->stride);
    }
}

static void want_source(const struct run *run)
{
    const struct matrix *source = &run->operands.rows.source;
    const uint64_t after = run->first + run->count, left = source->rows - after;

    mapped_want(source->at + after * source->stride,
                (left < run->count ? left : run->count) * source->stride);
}

static bool next_chunk(struct run *run, struct err *err)
{
    const struct rows *rows = &run->operands.rows;

    run->next = (struct chunk){.at = run->buffers[run->current],
                               .bytes = rows_bytes(rows, run->count),
                               .is_mapped = is_copied(run)};
    if (run->next.is_mapped) run->next.at = rows->source.at + run->first * rows->source.stride;
    want_source(run);
    team_run(run->pump->team, 1 + (run->count + run->piece - 1) / run->piece, work, run);
    if (!run->written) return false;
    if (any_infinite(run)) return tell_infinite(run, err);
    if (!run->next.is_mapped) drop_source(run);
    run->ready = run->next;
    run->current = !run->current;
    if (run->pump->progress) run->pump->progress(run->done, run->all);
    return true;
}

static size_t rows_within(size_t most, size_t row, size_t least)
{
    const size_t rows = row ? most / row : 1;

    return rows > least ? rows : least;
}

static bool move_weight(struct run *run, struct err *err)
{
    const struct rows *rows = &run->operands.rows;
    const size_t most = rows_within(CHUNK, rows_bytes(rows, 1), 1);
    bool good = true;

    run->piece = rows_within(PIECE, rows->source.cols, LEAST_ROWS);
    for (run->first = 0; good && run->first < rows->source.rows; run->first += run->count) {
        const uint64_t left = rows->source.rows - run->first;

        run->count = left < most ? left : most;
        good = next_chunk(run, err);
    }
    return good;
}

static bool move_all(struct run *run, struct err *err)
{
    const struct plan *plan = run->pump->plan;
    bool good = true;

    for (size_t i = 0; good && i < plan->count; i++) {
        run->item = &plan->items[i];
        if (!operands_open(&run->operands, plan, run->item, run->pump->rounding, err)) return false;
        good = move_weight(run, err);
        operands_close(&run->operands);
    }
    if (good) write_ready(run);
    return good && run->written;
}

/* A row may be longer than a chunk. */
static size_t buffer_size(const struct plan *plan)
{
    size_t size = CHUNK;

    for (size_t i = 0; i < plan->count; i++) {
        const size_t row = plan->items[i].source.cols * dtype_info(plan->items[i].dtype)->bytes;

        if (row > size) size = row;
    }
    return size;
}

bool pump_run(const struct pump *pump, struct fold_tally *tally, struct err *err)
{
    const size_t size = buffer_size(pump->plan);
    struct run run = {.pump = pump, .written = true, .err = err, .all = plan_bytes(pump->plan)};
    bool good;

    run.tallies = mem_zero(team_size(pump->team), sizeof *run.tallies);
    for (int i = 0; i < 2; i++) run.buffers[i] = mem_aligned(size);
    good = move_all(&run, err);
    *tally = (struct fold_tally){0};
    for (size_t i = 0; i < team_size(pump->team); i++) fold_tally_add(tally, &run.tallies[i]);
    for (int i = 0; i < 2; i++) mem_free(run.buffers[i]);
    mem_free(run.tallies);
    return good;
}

#include "ops/dropout.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

struct drop {
    const struct lanes *lanes;
    const struct dropout *dropout;
    size_t T, N;
    const float *in;
    float *out;
    size_t ldin, ldout;
};

static uint64_t mix64(uint64_t x)
{
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
    return x ^ x >> 32;
}

static uint64_t row_key(const struct dropout *dropout, size_t row)
{
    const uint64_t step = 0x9e3779b97f4a7c15;

    return mix64(mix64(mix64(dropout->seed + step) ^ (dropout->call + step)) ^ (row + step));
}

static struct lanes_drop row_drop(const struct dropout *dropout, size_t row)
{
    return (struct lanes_drop){.key = row_key(dropout, row),
                               .limit = (uint32_t)((double)dropout->p * 4294967296.0),
                               .s = 1 / (1 - dropout->p)};
}

static void forward_rows(void *context, size_t piece, size_t thread)
{
    const struct drop *op = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, op->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++) {
        const struct lanes_drop drop = row_drop(op->dropout, t);

        op->lanes->drop(&drop, op->in + t * op->ldin, op->out + t * op->ldout, op->N);
    }
}

static void backward_rows(void *context, size_t piece, size_t thread)
{
    const struct drop *op = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, op->T);
    float part[PIECE_COLUMNS];

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++) {
        struct lanes_drop drop = row_drop(op->dropout, t);

        for (size_t j = 0; j < op->N; j += PIECE_COLUMNS) {
            const size_t n = op->N - j < PIECE_COLUMNS ? op->N - j : PIECE_COLUMNS;

            drop.first = (uint32_t)j;
            op->lanes->drop(&drop, op->in + t * op->ldin + j, part, n);
            op->lanes->add(part, op->out + t * op->ldout + j, n);
        }
    }
}

void dropout_forward(struct team *team, const struct dropout *dropout, size_t T, size_t N,
                     const float *x, size_t ldx, float *y, size_t ldy)
{
    struct drop drop = {lanes_get(), dropout, T, N, x, y, ldx, ldy};

    team_run(team, pieces(PIECE_ROWS, T), forward_rows, &drop);
}

void dropout_backward(struct team *team, const struct dropout *dropout, size_t T, size_t N,
                      const float *dy, size_t lddy, float *dx, size_t lddx)
{
    struct drop drop = {lanes_get(), dropout, T, N, dy, dx, lddy, lddx};

    team_run(team, pieces(PIECE_ROWS, T), backward_rows, &drop);
}

#include "ops/norm.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

#include <math.h>

struct norm {
    const struct lanes *lanes;
    struct team *team;
    size_t T, N;
    float eps;
    const float *x, *w, *dy;
    const float *rho;
    float *y, *dx, *dw, *save;
    size_t ldx, ldy, lddy, lddx;
};

/* A block's floats are summed in lanes, the blocks in double. */
static double dot(const struct lanes *lanes, const float *x, const float *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i += PIECE_COLUMNS) {
        const struct piece block = piece_of(i / PIECE_COLUMNS, PIECE_COLUMNS, n);

        sum += (double)lanes->dot(x + i, y + i, block.end - i);
    }
    return sum;
}

static void forward_rows(void *context, size_t piece, size_t thread)
{
    const struct norm *norm = context;
    const struct lanes *lanes = norm->lanes;
    const struct piece rows = piece_of(piece, PIECE_ROWS, norm->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++) {
        const float *x = norm->x + t * norm->ldx;
        const double mean = dot(lanes, x, x, norm->N) / (double)norm->N;
        const float rho = (float)(1 / sqrt(mean + (double)norm->eps));

        lanes->weigh(rho, x, norm->w, norm->y + t * norm->ldy, norm->N);
        if (norm->save) norm->save[t] = rho;
    }
}

void norm_forward(struct team *team, size_t T, size_t N, float eps, const float *x, size_t ldx,
                  const float *w, float *y, size_t ldy, float *rho)
{
    struct norm norm = {.lanes = lanes_get(),
                        .T = T,
                        .N = N,
                        .eps = eps,
                        .x = x,
                        .ldx = ldx,
                        .w = w,
                        .y = y,
                        .ldy = ldy,
                        .save = rho};

    team_run(team, pieces(PIECE_ROWS, T), forward_rows, &norm);
}

static void backward_rows(void *context, size_t piece, size_t thread)
{
    const struct norm *norm = context;
    const struct lanes *lanes = norm->lanes;
    const struct piece rows = piece_of(piece, PIECE_ROWS, norm->T);
    float *weighed = team_scratch(norm->team, thread, norm->N * sizeof *weighed);

    for (size_t t = rows.first; t < rows.end; t++) {
        const float *x = norm->x + t * norm->ldx, rho = norm->rho[t];
        float *dx = norm->dx + t * norm->lddx;
        double along;

        lanes->weigh(rho, norm->dy + t * norm->lddy, norm->w, weighed, norm->N);
        along = dot(lanes, weighed, x, norm->N) / (double)norm->N * (double)rho * (double)rho;
        lanes->add(weighed, dx, norm->N);
        lanes->add_scaled((float)-along, x, dx, norm->N);
    }
}

static void backward_columns(void *context, size_t piece, size_t thread)
{
    const struct norm *norm = context;
    const struct piece columns = piece_of(piece, PIECE_COLUMNS, norm->N);
    const size_t first = columns.first, n = columns.end - first;
    float part[PIECE_COLUMNS];

    (void)thread;
    for (size_t t = 0; t < norm->T; t++) {
        norm->lanes->weigh(norm->rho[t], norm->x + t * norm->ldx + first,
                           norm->dy + t * norm->lddy + first, part, n);
        norm->lanes->add(part, norm->dw + first, n);
    }
}

void norm_backward(struct team *team, size_t T, size_t N, const float *x, size_t ldx,
                   const float *w, const float *rho, const float *dy, size_t lddy, float *dx,
                   size_t lddx, float *dw)
{
    struct norm norm = {.lanes = lanes_get(),
                        .team = team,
                        .T = T,
                        .N = N,
                        .x = x,
                        .ldx = ldx,
                        .w = w,
                        .rho = rho,
                        .dy = dy,
                        .lddy = lddy,
                        .dx = dx,
                        .lddx = lddx,
                        .dw = dw};

    if (dx) team_run(team, pieces(PIECE_ROWS, T), backward_rows, &norm);
    if (dw) team_run(team, pieces(PIECE_COLUMNS, N), backward_columns, &norm);
}

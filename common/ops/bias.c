#include "ops/bias.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

struct bias {
    const struct lanes *lanes;
    size_t T, N;
    const float *b, *dy;
    float *y, *db;
    size_t ldy;
};

static void forward_rows(void *context, size_t piece, size_t thread)
{
    const struct bias *bias = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, bias->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++)
        bias->lanes->add(bias->b, bias->y + t * bias->ldy, bias->N);
}

void bias_forward(struct team *team, size_t T, size_t N, const float *b, float *y, size_t ldy)
{
    struct bias bias = {.lanes = lanes_get(), .T = T, .N = N, .b = b, .y = y, .ldy = ldy};

    team_run(team, pieces(PIECE_ROWS, T), forward_rows, &bias);
}

static void backward_columns(void *context, size_t piece, size_t thread)
{
    const struct bias *bias = context;
    const struct piece columns = piece_of(piece, PIECE_COLUMNS, bias->N);
    const size_t first = columns.first;

    (void)thread;
    for (size_t t = 0; t < bias->T; t++)
        bias->lanes->add(bias->dy + t * bias->ldy + first, bias->db + first, columns.end - first);
}

void bias_backward(struct team *team, size_t T, size_t N, const float *dy, size_t lddy, float *db)
{
    struct bias bias = {.lanes = lanes_get(), .T = T, .N = N, .dy = dy, .ldy = lddy, .db = db};

    team_run(team, pieces(PIECE_COLUMNS, N), backward_columns, &bias);
}

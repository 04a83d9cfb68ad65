#include "ops/embedding.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

#include <assert.h>

struct embedding {
    const struct matrix *w;
    size_t T;
    const uint32_t *ids;
    float *y;
    size_t ldy;
};

static void forward_rows(void *context, size_t piece, size_t thread)
{
    const struct embedding *op = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, op->T);

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++) {
        assert(op->ids[t] < op->w->rows);
        matrix_to_f32(op->w, op->ids[t], 0, (size_t)op->w->cols, op->y + t * op->ldy);
    }
}

void embedding_forward(struct team *team, const struct matrix *w, size_t T, const uint32_t *ids,
                       float *y, size_t ldy)
{
    struct embedding op = {w, T, ids, y, ldy};

    team_run(team, pieces(PIECE_ROWS, T), forward_rows, &op);
}

void embedding_backward(size_t T, size_t N, const uint32_t *ids, const float *dy, size_t lddy,
                        float *dw)
{
    const struct lanes *lanes = lanes_get();

    for (size_t t = 0; t < T; t++) lanes->add(dy + t * lddy, dw + ids[t] * N, N);
}

#include "ops/rope.h"

#include "core/memory.h"
#include "lanes/lanes.h"
#include "ops/pieces.h"

#include <assert.h>
#include <math.h>

/* Angles are products of floats, as transformers has them: at far positions that is what the models
 * were trained with. */
void rope_table_init(struct rope_table *table, size_t D, size_t positions,
                     const double *frequencies, double amplitude)
{
    const size_t half = D / 2;

    *table = (struct rope_table){.D = D, .positions = positions};
    table->cosine = mem_zero(positions * half, sizeof *table->cosine);
    table->sine = mem_zero(positions * half, sizeof *table->sine);
    for (size_t position = 0; position < positions; position++)
        for (size_t j = 0; j < half; j++) {
            const float angle = (float)position * (float)frequencies[j];
            const size_t at = position * half + j;

            table->cosine[at] = (float)cos((double)angle) * (float)amplitude;
            table->sine[at] = (float)sin((double)angle) * (float)amplitude;
        }
}

void rope_table_release(struct rope_table *table)
{
    mem_free(table->cosine);
    mem_free(table->sine);
    *table = (struct rope_table){0};
}

struct rope {
    const struct lanes *lanes;
    const struct rope_table *table;
    size_t T, heads;
    const size_t *positions;
    float *x;
    size_t ldx;
    size_t lo, hi; /* the halves; exchanged, the same turn goes the other way */
};

static void turn_rows(void *context, size_t piece, size_t thread)
{
    const struct rope *rope = context;
    const struct piece rows = piece_of(piece, PIECE_ROWS, rope->T);
    const size_t D = rope->table->D, half = D / 2;

    (void)thread;
    for (size_t t = rows.first; t < rows.end; t++) {
        const size_t at = rope->positions[t] * half;
        float *x = rope->x + t * rope->ldx;

        assert(rope->positions[t] < rope->table->positions);
        for (size_t head = 0; head < rope->heads; head++, x += D)
            rope->lanes->turn(x + rope->lo, x + rope->hi, rope->table->cosine + at,
                              rope->table->sine + at, half);
    }
}

void rope_forward(struct team *team, const struct rope_table *table, size_t T, size_t heads,
                  const size_t *positions, float *x, size_t ldx)
{
    struct rope rope = {lanes_get(), table, T, heads, positions, x, ldx, 0, table->D / 2};

    team_run(team, pieces(PIECE_ROWS, T), turn_rows, &rope);
}

void rope_backward(struct team *team, const struct rope_table *table, size_t T, size_t heads,
                   const size_t *positions, float *dx, size_t lddx)
{
    struct rope rope = {lanes_get(), table, T, heads, positions, dx, lddx, table->D / 2, 0};

    team_run(team, pieces(PIECE_ROWS, T), turn_rows, &rope);
}

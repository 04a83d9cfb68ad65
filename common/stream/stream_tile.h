/* Tiles of sums in registers, for vectors of any width; see stream_wide.h. TILE_ROWS rows of the
 * matrix times up to three of x are taken at once. */
#ifndef STREAM_STREAM_TILE_H
#define STREAM_STREAM_TILE_H

#include "stream/stream_wide.h"

enum { TILE_MOST = 3 };

ALWAYS void tile_of(size_t M, const unsigned char *const *rows, size_t count, const float *x,
                    size_t ldx, float *parts)
{
    V sums[TILE_ROWS][TILE_MOST];

    for (size_t r = 0; r < TILE_ROWS; r++)
        for (size_t m = 0; m < M; m++) sums[r][m] = v_load(parts + (m * STREAM_ROWS + r) * LANES);
    for (size_t k = 0; k < count; k += LANES) {
        V line[TILE_MOST];

        for (size_t m = 0; m < M; m++) line[m] = v_load(x + m * ldx + k);
        for (size_t r = 0; r < TILE_ROWS; r++) {
            V w = v_load(rows[r] + k * sizeof(float));

            v_hold(w);
            for (size_t m = 0; m < M; m++) sums[r][m] = v_fma(w, line[m], sums[r][m]);
        }
    }
    for (size_t r = 0; r < TILE_ROWS; r++)
        for (size_t m = 0; m < M; m++) v_store(parts + (m * STREAM_ROWS + r) * LANES, sums[r][m]);
}

static void tile(const unsigned char *const *rows, size_t count, size_t M, const float *x,
                 size_t ldx, float *parts)
{
    for (; M > 0; x += TILE_MOST * ldx, parts += TILE_MOST * STREAM_ROWS * LANES) {
        for (size_t r = 0; r < STREAM_ROWS; r += TILE_ROWS) {
            if (M >= 3)
                tile_of(3, rows + r, count, x, ldx, parts + r * LANES);
            else if (M == 2)
                tile_of(2, rows + r, count, x, ldx, parts + r * LANES);
            else
                tile_of(1, rows + r, count, x, ldx, parts + r * LANES);
        }
        if (M <= TILE_MOST) return;
        M -= TILE_MOST;
    }
}

static void fold(const float *parts, size_t count, float *sums)
{
    for (size_t n = 0; n < count; n += 8) _mm256_storeu_ps(sums + n, fold_eight(parts + n * LANES));
}

#endif

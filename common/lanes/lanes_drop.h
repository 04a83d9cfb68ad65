/* Numbers drawn by chance, one for each column, and what is dropped by them; see lanes_sums.h. */
#ifndef LANES_LANES_DROP_H
#define LANES_LANES_DROP_H

#include "lanes/lanes_sums.h"

/* A bijection of 32 bits under which a change of any bit changes each other one in about half of
 * all cases. */
static inline words mixed(words x)
{
    x = (x ^ x >> 16) * 0x7feb352dU;
    x = (x ^ x >> 15) * 0x846ca68bU;
    return x ^ x >> 16;
}

/* Two rounds with half of the key before each: rows whose first halves are near each other have the
 * same numbers there at shifted columns, but not after the second one. */
static void drop(const struct lanes_drop *drop, const float *x, float *y, size_t n)
{
    const uint32_t low = (uint32_t)drop->key, high = (uint32_t)(drop->key >> 32);
    const floats factor = each(drop->s);
    words column = {0};

    for (uint32_t i = 0; i < WIDTH; i++) column[i] = drop->first + low + i;
    for (size_t i = 0; i < n; i += WIDTH, column += WIDTH) {
        const words drawn = mixed(mixed(column) ^ high), kept = (words)(drawn >= drop->limit);

        put(y + i, (floats)((words)(factor * take(x + i, n - i)) & kept), n - i);
    }
}

#endif

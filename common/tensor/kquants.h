/* The formats with 256 elements a block, in groups that share a scale. d and m are F16, the scales
 * of groups and the codes are small whole numbers:
 *
 *     Q2_K   scales[16] codes[64] d m         16 groups; d s code - m t, s and t of 4 bits
 *     Q3_K   high[32] codes[64] scales[12] d  16 groups; d (s - 32) (code - 4)
 *     Q4_K   d m scales[12] codes[128]        8 groups; d s code - m t, s and t of 6 bits
 *     Q5_K   d m scales[12] high[32] codes[128]   as Q4_K, codes of 5 bits
 *     Q6_K   codes[128] high[64] scales[16] d 16 groups; d s (code - 32)
 *     IQ4_XS d high[2] low[4] codes[128]      8 groups; d (s - 32) iq4_values[code]
 *     TQ1_0  codes[48] last[4] d              d (digit - 1), five digits a byte, in `last` four
 *     TQ2_0  codes[64] d                      d (code - 1)
 *
 * How the bits lie is said at each function. */
#ifndef TENSOR_KQUANTS_H
#define TENSOR_KQUANTS_H

#include "tensor/rows.h"

enum {
    Q2_K_BYTES = 16 + 64 + 2 + 2,
    Q3_K_BYTES = 32 + 64 + 12 + 2,
    Q4_K_BYTES = 2 + 2 + 12 + 128,
    Q5_K_BYTES = 2 + 2 + 12 + 32 + 128,
    Q6_K_BYTES = 128 + 64 + 16 + 2,
    IQ4_XS_BYTES = 2 + 2 + 4 + 128,
    TQ1_0_BYTES = 48 + 4 + 2,
    TQ2_0_BYTES = 64 + 2
};

ROWS_DECLARE(q2_k);
ROWS_DECLARE(q3_k);
ROWS_DECLARE(q4_k);
ROWS_DECLARE(q5_k);
ROWS_DECLARE(q6_k);
ROWS_DECLARE(iq4_xs);
ROWS_DECLARE(tq1_0);
ROWS_DECLARE(tq2_0);

#endif

/* The formats with one scale for 32 elements. A block begins with its scale, in F16, and holds
 * codes of 4, 5 or 8 bits:
 *
 *     Q4_0   d  codes[16]              (code - 8) d
 *     Q4_1   d  m  codes[16]           code d + m
 *     Q5_0   d  fifth[4]  codes[16]    (code - 16) d
 *     Q5_1   d  m  fifth[4] codes[16]  code d + m
 *     Q8_0   d  codes[32]              code d, codes with a sign
 *     IQ4_NL d  codes[16]              d iq4_values[code]
 *     MXFP4  e  codes[16]              2^(e-127) times a float of 4 bits; e is one byte
 *
 * Byte j holds the codes of element j, in its low half, and of j + 16. Bit j of the little-endian
 * number `fifth` is the highest bit of code j. */
#ifndef TENSOR_BLOCKS_H
#define TENSOR_BLOCKS_H

#include "tensor/rows.h"

enum {
    Q4_0_BYTES = 2 + 16,
    Q4_1_BYTES = 4 + 16,
    Q5_0_BYTES = 2 + 4 + 16,
    Q5_1_BYTES = 4 + 4 + 16,
    Q8_0_BYTES = 2 + 32,
    IQ4_NL_BYTES = 2 + 16,
    MXFP4_BYTES = 1 + 16
};

extern const int8_t iq4_values[16];

ROWS_DECLARE(q4_0);
ROWS_DECLARE(q4_1);
ROWS_DECLARE(q5_0);
ROWS_DECLARE(q5_1);
ROWS_DECLARE(q8_0);
ROWS_DECLARE(iq4_nl);
ROWS_DECLARE(mxfp4);

#endif

/* Four bits an element: the NF4 of QLoRA, with scales that are quantised themselves.
 *
 * A matrix is taken as one run of elements, row after row. Byte i holds elements 2i, in its high
 * half, and 2i + 1: numbers of nf4_values. Each 64 elements are a block with a scale, also where a
 * block goes on in the next row; the last one may be shorter. A scale is a byte as well:
 *
 *     element = nf4_values[code] * (nf4_scale(absmax[block]) * scales[block / 256] + offset)
 *
 * offset is the mean of all blocks' scales. */
#ifndef TENSOR_NF4_H
#define TENSOR_NF4_H

#include "tensor/quantised.h"

enum { NF4_BLOCK = 64, NF4_GROUP = 256 };

extern const float nf4_values[16];

/* One of the 256 values between -1 and 1 that a scale may have: bitsandbytes' dynamic map. */
float nf4_scale(unsigned code);

uint64_t nf4_blocks(uint64_t elements);
uint64_t nf4_groups(uint64_t elements); /* of blocks */

/* Elements from begin on, of a matrix in this form. */
void nf4_to_f32(const struct matrix *matrix, uint64_t begin, float *out, size_t count);
void nf4_to_bf16(const struct matrix *matrix, uint64_t begin, bf16 *out, size_t count);

/* Into to's parts, whose memory is there; false when an element is NaN or infinite. Codes are the
 * nearest ones of the elements times 1 / scale, and of the scales less offset; of two as near the
 * lower one. */
bool nf4_quantise(const struct matrix *from, struct quantised *to, struct team *team);

#endif

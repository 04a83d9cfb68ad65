/* Rows of signed bytes with one scale each: an element is its byte times the scale of its row.
 *
 * The scale of a row is the largest absolute value in it, divided by 127. A code is the element
 * times (1 / that value * 127, in floats), rounded to nearest even: the row-wise quantisation of
 * LLM.int8. */
#ifndef TENSOR_INT8_H
#define TENSOR_INT8_H

#include "tensor/quantised.h"

void int8_to_f32(const unsigned char *codes, float scale, float *out, size_t count);
void int8_to_bf16(const unsigned char *codes, float scale, bf16 *out, size_t count);

/* Into to's parts, whose memory is there; false when an element is NaN or infinite. */
bool int8_quantise(const struct matrix *from, struct quantised *to, struct team *team);

#endif

/* 'rope_freqs.weight': what Llama 3.1 and later divide the frequencies of their positions by. */
#ifndef EXPORT_ROPE_FACTORS_H
#define EXPORT_ROPE_FACTORS_H

#include "model/config.h"

/* out: head_dim / 2, in single precision step by step, as llama.cpp's converter finds them. */
void rope_factors(const struct config *config, float *out);

#endif

/* The angles of a model's rotary positions. Element j and element j + head_dim / 2 of a head, at a
 * position p, are turned by p times the frequency j:
 *
 *     f(j) = base^(-2j / head_dim)
 *     linear   f / factor
 *     llama3   f / factor where the wavelength 2 pi / f is above original / low, f where it is
 *              below original / high, and between these a mean of both
 *     yarn     the same between the frequencies that turn slow and fast times in the original
 *              length, by their number j; cosine and sine times the amplitude
 *     divided  f / divisors[j] */
#ifndef MODEL_CONFIG_ROPE_H
#define MODEL_CONFIG_ROPE_H

#include "model/config.h"

/* out: head_dim / 2. */
void config_frequencies(const struct config *config, float *out, float *amplitude);

/* The most tokens of a text: as many as the model was made for or, if it is to go on beyond that,
 * any number. Dynamic frequencies change with the length of a text then, which is not computed
 * here: of those the answer is always the former. */
size_t config_longest(const struct config *config, bool beyond);

/* What a line that refuses a longer text ends with: why going on beyond is no way, or nothing. */
const char *config_longest_why(const struct config *config);

#endif

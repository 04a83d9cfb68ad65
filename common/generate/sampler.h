/* The next token from a row of logits. In this order, as in transformers:
 *
 *     repetition penalty r  z > 0: z / r, else z r, for every token that came before
 *     temperature t         z / t
 *     top k                 what is below the k-th largest is left out
 *     top p                 of the rest, the least likely while all these have at most 1 - p
 *     min p                 of the rest, what has less than p times the most likely
 *
 * and then one is drawn by its probability. Equal logits are ranked by id, the highest first; top k
 * keeps all that equal the k-th. The draw depends on the seed, the sequence's number and the
 * position alone, so a text does not change with what else is in the batch. */
#ifndef GENERATE_SAMPLER_H
#define GENERATE_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

struct sampling {
    double temperature;        /* 0: the largest logit, of equal ones the first */
    size_t top_k;              /* 0: all */
    double top_p;              /* in 0..1; 1: all */
    double min_p;              /* in 0..1; 0: all */
    double repetition_penalty; /* above 0; 1: none */
    uint64_t seed;
};

/* The tokens of a text so far, its prompt among them. */
struct sampler_past {
    const uint32_t *ids;
    size_t count;
};

struct sampler {
    struct sampling sampling;
    size_t vocabulary;
    float *scores;                        /* scratch: the logits changed */
    struct sampler_candidate *candidates; /* scratch */
};

/* One for each thread. */
void sampler_init(struct sampler *sampler, const struct sampling *sampling, size_t vocabulary);

/* The next token. Logits that are no numbers are never taken while there is another; whoever
 * wants to know of them looks before. */
uint32_t sampler_next(struct sampler *sampler, const float *logits, struct sampler_past past,
                      uint64_t sequence, uint64_t position);

/* The probabilities that it is drawn by; the temperature is not 0. */
void sampler_probabilities(struct sampler *sampler, const float *logits, struct sampler_past past,
                           double *out);

void sampler_release(struct sampler *sampler);

#endif

/* Continues many texts at once: the weights are read once for a token of each of them.
 *
 * So many texts run beside each other; when one ends the next one takes its place. Texts of any
 * length run together, and a request with the prompt of a text that is still running takes over
 * what that one computed of it. What comes out for a request depends on that request alone, bit for
 * bit. */
#ifndef GENERATE_GENERATOR_H
#define GENERATE_GENERATOR_H

#include "decoder/decoder.h"
#include "generate/ends.h"
#include "generate/past.h"
#include "generate/sampler.h"

#include <signal.h>

struct request {
    const uint32_t *ids; /* of the prompt: at least one */
    size_t count;
    size_t most;     /* tokens to be generated at most */
    uint64_t number; /* of its random draws: another one for another text from the same prompt */
};

struct generator_options {
    size_t beside;  /* texts at once */
    size_t prefill; /* prompt tokens computed at once, but that one prompt is never cut */
    bool adapted;   /* with the decoder's adapter */
    struct sampling sampling;
    const struct ends *ends; /* borrowed. Or NULL: texts end by 'most' and by whoever takes them */
    struct past *past; /* borrowed; where beside is 1, what earlier prompts left behind. Or NULL */
    const volatile sig_atomic_t *interrupted; /* when it is not 0 no prompt is read on; or NULL */
};

struct generator;

/* The decoder is borrowed and must reach (decoder_reach) as far as the texts go. longest: tokens of
 * the longest prompt. */
struct generator *generator_new(const struct decoder *decoder,
                                const struct generator_options *options, size_t longest);
void generator_free(struct generator *generator); /* NULL is allowed */

/* Bytes that it takes while so many positions are kept in all. */
size_t generator_bytes(const struct decoder *decoder, const struct generator_options *options,
                       size_t longest, size_t positions);

/* Makes do with so many bytes, for texts of at most reach positions in all: less of the prompts is
 * computed at once, then fewer texts run beside each other. The texts stay the same. False: there
 * is not enough for one. */
bool generator_fit(const struct decoder *decoder, struct generator_options *options, size_t longest,
                   size_t reach, size_t memory, struct err *err);

/* Runs all requests to their ends. take gets each token as it is made, by the number of its
 * request; where it returns false that text ends. A token that ends a text does so after it was
 * taken. 1; else all texts end where they are: 0, interrupted while a prompt was read; -1, the
 * model's numbers are none any more. */
int generator_run(struct generator *generator, const struct request *requests, size_t count,
                  bool (*take)(void *context, size_t request, uint32_t id), void *context,
                  struct err *err);

#endif

/* What was computed of a prompt, for the next one that begins alike: as in a conversation, where
 * each prompt holds all that was said before.
 *
 * Only what went through the model as a prompt is kept. An answer's own tokens are computed anew as
 * a part of the next prompt: one by one they may differ in the last bits, and a text must not
 * depend on what was asked before it. */
#ifndef GENERATE_PAST_H
#define GENERATE_PAST_H

#include "generate/kv_cache.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero is an empty one. */
struct past {
    struct leaf_store store;
    struct kv_cache cache;
    uint32_t *ids; /* of its positions */
    size_t room;
    bool adapted; /* it was computed with the adapter */
};

/* How many of the ids begin as the past does; the past is cut to them. */
size_t past_match(struct past *past, const uint32_t *ids, size_t count, bool adapted);

/* The cache holds these ids from here on, and what it has beyond them is dropped. */
void past_keep(struct past *past, const uint32_t *ids, size_t count, bool adapted);

/* Empties it, before the decoder or its adapter becomes another one, and at the end. */
void past_release(struct past *past);

#endif

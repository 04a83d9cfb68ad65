/* Texts at which a generated text ends, found while it arrives in pieces.
 *
 * What might yet turn out to be the beginning of a stop text is held back. The stop text that ends
 * first counts, of several that end there the longest, so that the cuts between pieces change
 * nothing. Texts are bytes. */
#ifndef GENERATE_STOPS_H
#define GENERATE_STOPS_H

#include "core/memory.h"

#include <stdbool.h>

struct stops {
    const struct text *texts; /* borrowed */
    size_t count;
    struct buffer held; /* the beginning of a stop text, perhaps */
    bool found;
};

/* An empty text stops nothing. */
void stops_init(struct stops *stops, const struct text *texts, size_t count);

/* Adds to out what of the text is sure to stand before a stop text. True when one was found: then
 * the text is at its end, and what comes after is dropped. */
bool stops_feed(struct stops *stops, struct text piece, struct buffer *out);

/* The text ended by itself: adds what was held back. */
void stops_end(struct stops *stops, struct buffer *out);

void stops_release(struct stops *stops);

#endif

/* What is done to a text before it is cut: a few steps, in order. */
#ifndef TOKENS_NORMALIZER_H
#define TOKENS_NORMALIZER_H

#include "core/memory.h"

#include <stdbool.h>

enum normal_kind { NORMAL_NFC, NORMAL_PREPEND, NORMAL_REPLACE };

#define NORMAL_STEPS 8

struct normal_step {
    enum normal_kind kind;
    struct buffer from, to; /* REPLACE: from is not empty; PREPEND: to */
};

struct normalizer {
    struct normal_step steps[NORMAL_STEPS];
    size_t count;
};

/* The text after all steps: the same bytes where nothing changes, else in one of the buffers. Text
 * that is empty stays so. */
struct text normalizer_run(const struct normalizer *normalizer, struct text text,
                           struct buffer scratch[2]);
void normalizer_release(struct normalizer *normalizer);

/* Appends text with each from in it, left to right, replaced by to. */
void text_replace(struct buffer *out, struct text text, struct text from, struct text to);

#endif

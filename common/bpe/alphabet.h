/* How byte-level vocabularies write bytes: each byte is one character, itself where it is printable
 * in Latin-1, else one from U+0100 on, in order. So a space is written as U+0120. */
#ifndef BPE_ALPHABET_H
#define BPE_ALPHABET_H

#include "core/memory.h"

#include <stdbool.h>

/* Appends the bytes that written, valid UTF-8, stands for. False when it has other characters; then
 * it is appended as it is. */
bool alphabet_read(struct buffer *out, struct text written);

void alphabet_write(struct buffer *out, struct text bytes);

#endif

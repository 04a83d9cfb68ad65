/* Normalization form C: accents and the letters they stand on become one code point where there is
 * one. Text is valid UTF-8. */
#ifndef UNICODE_NFC_H
#define UNICODE_NFC_H

#include "core/memory.h"

#include <stdbool.h>

/* True when composing text surely gives the same text; most text says so at the speed of a scan. */
bool nfc_is_sure(struct text text);

/* Appends text in form C. */
void nfc_add(struct buffer *out, struct text text);

#endif

/* What kind of character a code point is, in Unicode 16: the few kinds that tokenizers ask for. */
#ifndef UNICODE_CLASSES_H
#define UNICODE_CLASSES_H

#include "unicode/utf8.h"

#include <stdbool.h>

/* The kinds exclude each other. */
enum {
    CLASS_OTHER,
    CLASS_LETTER,  /* \p{L} */
    CLASS_NUMBER,  /* \p{N} */
    CLASS_SPACE,   /* \s without the next two */
    CLASS_NEWLINE, /* carriage return and line feed */
    CLASS_KIND = 7 /* the bits of the kind */
};

enum {
    CLASS_WORD = 8,     /* \w */
    CLASS_CAREFUL = 16, /* composing texts (NFC) may change it or what stands around it */
    CLASS_LATER = 32    /* CLASS_OTHER here, a number from Unicode 17 on */
};

#define CLASS_SHIFT 7

extern const unsigned char *const class_pages; /* of the index */
extern const unsigned char *const class_rows;

/* Kind and bits of a code point up to U+10FFFF. */
static inline unsigned class_bits(uint32_t code)
{
    return class_rows[(unsigned)class_pages[code >> CLASS_SHIFT] << CLASS_SHIFT |
                      (code & ((1U << CLASS_SHIFT) - 1))];
}

static inline unsigned class_of(uint32_t code)
{
    return class_bits(code) & CLASS_KIND;
}

static inline bool class_is_space(uint32_t code)
{
    return class_of(code) >= CLASS_SPACE;
}

#endif

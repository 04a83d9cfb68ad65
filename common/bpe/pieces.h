/* Where text is cut before pairs are joined: scanners for the patterns of known models, each
 * exactly what the regular expression in its tokenizer.json gives, every character in one piece.
 *
 *     gpt2    's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *     qwen2   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}
 *             | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *     llama3  as qwen2, but \p{N}{1,3}
 *     smollm  numbers are cut out one character at a time, then gpt2 on what is between them
 *     whole   one piece
 *     words   before each U+2581 that follows another character
 *     marks   before each U+2581 */
#ifndef BPE_PIECES_H
#define BPE_PIECES_H

#include "core/memory.h"

#include <stdint.h>

enum pieces {
    PIECES_GPT2,
    PIECES_QWEN2,
    PIECES_LLAMA3,
    PIECES_SMOLLM,
    PIECES_NUMBERS, /* smollm with numbers kept together */
    PIECES_WHOLE,
    PIECES_WORDS,
    PIECES_MARKS
};

/* Cuts the beginning of [at, end), valid UTF-8 of less than 2^31 bytes, into at most room pieces:
 * returns how many, with the place behind each, counted from at. Whoever goes on from the last one
 * gets the next pieces. */
size_t pieces_cut(enum pieces kind, const char *at, const char *end, uint32_t *ends, size_t room);

#endif

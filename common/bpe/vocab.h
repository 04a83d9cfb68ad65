/* The vocabulary: which bytes a token stands for, and which token some bytes are.
 *
 * Ids may leave gaps. A token is 'foreign' when its bytes are not made of what the model's symbols
 * are made of (in a byte-level vocabulary: characters outside the alphabet of bytes); such a token
 * is never found by its bytes alone, for no text can spell it. */
#ifndef BPE_VOCAB_H
#define BPE_VOCAB_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t token_id;

#define TOKEN_NONE UINT32_MAX
#define TOKEN_LIMIT ((token_id)1 << 22) /* ids stay below */
#define TOKEN_BYTES 65535               /* of one token */

enum {
    TOKEN_THERE = 1,
    TOKEN_FOREIGN = 2,
    TOKEN_ADDED = 4,   /* one of the added tokens */
    TOKEN_SPECIAL = 8, /* which decoding may leave out */
    TOKEN_MODEL = 16,  /* one of the model's own */
    TOKEN_RENAMED = 32 /* decoding takes other bytes */
};

struct vocab_row {
    uint32_t at; /* in bytes */
    uint16_t len;
    uint8_t flags;
};

struct vocab {
    struct vocab_row *rows; /* by id */
    size_t count, room;
    struct buffer bytes;
    uint64_t *slots; /* of tokens of the model: half a hash above an id; all ones where empty */
    size_t slot_count, used;
    uint64_t secret;
};

void vocab_init(struct vocab *vocab, size_t expected);
void vocab_release(struct vocab *vocab);

/* Names a token. NULL, or why not. */
const char *vocab_add(struct vocab *vocab, token_id id, struct text bytes, unsigned flags);

/* A token of the model, or TOKEN_NONE. */
token_id vocab_find(const struct vocab *vocab, struct text bytes, bool foreign);

/* The same for many at once: whoever knows the hashes early asks the processor for the slots, then
 * for the rows, and waits for memory once instead of each time. */
uint64_t vocab_hash(const struct vocab *vocab, struct text bytes, bool foreign);
void vocab_fetch_slot(const struct vocab *vocab, uint64_t hash);
void vocab_fetch_row(const struct vocab *vocab, uint64_t hash);
token_id vocab_find_hash(const struct vocab *vocab, struct text bytes, bool foreign, uint64_t hash);

static inline bool vocab_has(const struct vocab *vocab, token_id id)
{
    return id < vocab->count && (vocab->rows[id].flags & TOKEN_THERE);
}

/* The bytes of a token that is there. */
static inline struct text vocab_bytes(const struct vocab *vocab, token_id id)
{
    const struct vocab_row *row = &vocab->rows[id];

    return (struct text){vocab->bytes.at + row->at, row->len};
}

#endif

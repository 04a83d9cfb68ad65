/* What hides in a review sheet which answer is whose.
 *
 * A sheet has a seed. From it and from what a record is known by, a keyed hash says whether the
 * record is drawn and where it stands. Of its two answers the first one is that with the smaller
 * hash, whoever's it is: had the models changed places, the sheet would be the same, byte for byte.
 * So nothing on a sheet says which is which, seed and ids included; whoever has the results finds
 * it again, for an answer is known by its hash. The same on every machine and for ever. */
#ifndef REVIEW_BLIND_H
#define REVIEW_BLIND_H

#include "core/memory.h"
#include "hash/hash.h"

#include <stdbool.h>

struct blind {
    uint64_t seed;
    struct hash_key draws, sides, texts;
};

struct blind blind_of(uint64_t seed);

/* Of a record: records are drawn by falling luck, and stand by rising place. */
struct blind_lot {
    uint64_t luck, place;
};

struct blind_lot blind_lot(const struct blind *blind, struct hash128 record);

/* Is the new answer to a record answer 1? They are two different texts. */
bool blind_now_first(const struct blind *blind, struct hash128 record, struct text now,
                     struct text baseline);

/* What an answer is known by in a sheet. */
uint64_t blind_text(const struct blind *blind, struct text answer);

#endif

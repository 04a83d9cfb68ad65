/* What hides in a review sheet which answer is whose.
 *
 * A sheet has a seed. From it and from what a record is known by, a keyed hash says whether the
 * record is drawn, where it stands and on which side the new answer is. Nothing of that can be read
 * off a sheet, and whoever has the seed, or the two answers, finds it again: an answer is known by
 * its hash. The same on every machine and for ever. */
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
    bool now_first; /* the new answer is answer 1 */
};

struct blind_lot blind_lot(const struct blind *blind, struct hash128 record);

/* What an answer is known by in a sheet. */
uint64_t blind_text(const struct blind *blind, struct text answer);

#endif

/* Which two neighbouring tokens become one, and in what order: the lower rank goes first.
 *
 * A slot of the table is one word, the pair above the rank, so that most of it stays in the
 * processor's cache; what a merge makes stands by its rank elsewhere. Pairs of the first ids, which
 * hold the single bytes of most vocabularies, have a table without any search. */
#ifndef BPE_MERGES_H
#define BPE_MERGES_H

#include "bpe/mix.h"
#include "bpe/vocab.h"

#define MERGE_RANK_BITS 20
#define RANK_NONE (((uint32_t)1 << MERGE_RANK_BITS) - 1) /* ranks stay below */
#define MERGE_ID_BITS 22                                 /* of a TOKEN_LIMIT */
#define MERGE_FIRST_IDS 512

struct merges {
    uint64_t *slots; /* all ones where empty */
    size_t slot_count, count;
    token_id *ids;   /* by rank */
    size_t room;     /* of ids */
    uint32_t *first; /* ranks by left and right id */
    uint64_t secret;
};

void merges_init(struct merges *merges, size_t expected);
void merges_release(struct merges *merges);

/* The rank is below RANK_NONE. Of two merges of the same pair the later one counts. */
void merges_add(struct merges *merges, token_id left, token_id right, uint32_t rank, token_id id);

static inline size_t merges_slot(const struct merges *merges, uint64_t pair)
{
    return (size_t)mix_words(pair ^ merges->secret, 0x9e3779b97f4a7c15) & (merges->slot_count - 1);
}

/* Asks the processor for the slot of a pair that will be added. */
static inline void merges_fetch(const struct merges *merges, token_id left, token_id right)
{
    __builtin_prefetch(&merges->slots[merges_slot(merges, (uint64_t)left << MERGE_ID_BITS | right)],
                       1);
}

/* The rank of two tokens' merge, or RANK_NONE where they stay apart. */
static inline uint32_t merges_find(const struct merges *merges, token_id left, token_id right)
{
    uint64_t pair = (uint64_t)left << MERGE_ID_BITS | right;

    if ((left | right) < MERGE_FIRST_IDS) return merges->first[left * MERGE_FIRST_IDS + right];
    for (size_t at = merges_slot(merges, pair);; at = (at + 1) & (merges->slot_count - 1)) {
        uint64_t slot = merges->slots[at];

        if (slot >> MERGE_RANK_BITS == pair || slot == UINT64_MAX)
            return (uint32_t)slot & RANK_NONE;
    }
}

#endif

#include "bpe/merges.h"

#include "hash/hash.h"

#include <assert.h>

static void make_slots(struct merges *merges, size_t count)
{
    merges->slot_count = count;
    merges->slots = mem_alloc(count * sizeof *merges->slots);
    memset(merges->slots, 0xff, count * sizeof *merges->slots);
}

void merges_init(struct merges *merges, size_t expected)
{
    const size_t pairs = (size_t)MERGE_FIRST_IDS * MERGE_FIRST_IDS;
    size_t slots = 64;

    *merges = (struct merges){.secret = hash_key_random().k0};
    while (slots / 3 * 2 < expected) slots *= 2;
    make_slots(merges, slots);
    merges->first = mem_alloc(pairs * sizeof *merges->first);
    for (size_t i = 0; i < pairs; i++) merges->first[i] = RANK_NONE;
}

void merges_release(struct merges *merges)
{
    mem_free(merges->slots);
    mem_free(merges->ids);
    mem_free(merges->first);
    *merges = (struct merges){0};
}

static void put(struct merges *merges, uint64_t word)
{
    uint64_t pair = word >> MERGE_RANK_BITS;
    size_t mask = merges->slot_count - 1, at = merges_slot(merges, pair);

    while (merges->slots[at] != UINT64_MAX && merges->slots[at] >> MERGE_RANK_BITS != pair)
        at = (at + 1) & mask;
    if (merges->slots[at] == UINT64_MAX) merges->count++;
    merges->slots[at] = word;
}

static void grow(struct merges *merges)
{
    uint64_t *old = merges->slots;
    size_t count = merges->slot_count;

    make_slots(merges, 2 * count);
    merges->count = 0;
    for (size_t i = 0; i < count; i++)
        if (old[i] != UINT64_MAX) put(merges, old[i]);
    mem_free(old);
}

void merges_add(struct merges *merges, token_id left, token_id right, uint32_t rank, token_id id)
{
    assert(rank < RANK_NONE && left < TOKEN_LIMIT && right < TOKEN_LIMIT);
    while (rank >= merges->room)
        merges->ids = mem_room(merges->ids, merges->room, &merges->room, sizeof *merges->ids);
    merges->ids[rank] = id;
    if ((left | right) < MERGE_FIRST_IDS) {
        merges->first[left * MERGE_FIRST_IDS + right] = rank;
        return;
    }
    if (merges->count >= merges->slot_count / 3 * 2) grow(merges);
    put(merges, ((uint64_t)left << MERGE_ID_BITS | right) << MERGE_RANK_BITS | rank);
}

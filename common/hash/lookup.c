#include "hash/lookup.h"

#include <string.h>

#define ROOM_AT_FIRST 64

struct lookup_slot {
    struct text name; /* at is NULL in a free slot */
    uint64_t hash;
    size_t value;
};

static uint64_t hash_of(const struct lookup *lookup, struct text name)
{
    return hash_bytes(lookup->secret, name.at, name.len).low;
}

/* The slot that holds the name, or the free one where it would be. */
static struct lookup_slot *slot_of(const struct lookup *lookup, struct text name, uint64_t hash)
{
    for (size_t i = hash & (lookup->room - 1);; i = (i + 1) & (lookup->room - 1)) {
        struct lookup_slot *slot = &lookup->slots[i];

        if (!slot->name.at) return slot;
        if (slot->hash == hash && slot->name.len == name.len &&
            memcmp(slot->name.at, name.at, name.len) == 0)
            return slot;
    }
}

static void grow(struct lookup *lookup)
{
    struct lookup old = *lookup;

    if (!old.room) lookup->secret = hash_key_random();
    lookup->room = old.room ? 2 * old.room : ROOM_AT_FIRST;
    lookup->slots = mem_zero(lookup->room, sizeof *lookup->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].name.at)
            *slot_of(lookup, old.slots[i].name, old.slots[i].hash) = old.slots[i];
    mem_free(old.slots);
}

const size_t *lookup_add(struct lookup *lookup, struct text name, size_t value)
{
    struct lookup_slot *slot;
    uint64_t hash;

    if (2 * lookup->count >= lookup->room) grow(lookup);
    hash = hash_of(lookup, name);
    slot = slot_of(lookup, name, hash);
    if (slot->name.at) return &slot->value;
    *slot = (struct lookup_slot){name, hash, value};
    lookup->count++;
    return NULL;
}

const size_t *lookup_find(const struct lookup *lookup, struct text name)
{
    const struct lookup_slot *slot;

    if (!lookup->room) return NULL;
    slot = slot_of(lookup, name, hash_of(lookup, name));
    return slot->name.at ? &slot->value : NULL;
}

void lookup_release(struct lookup *lookup)
{
    mem_free(lookup->slots);
    *lookup = (struct lookup){0};
}

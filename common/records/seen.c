#include "records/seen.h"

#include "core/memory.h"

static struct hash128 never_zero(struct hash128 hash)
{
    if (!hash.low && !hash.high) hash.low = 1;
    return hash;
}

/* The slot that holds the hash, or the free one where it belongs. The high word gives the place
 * (scaled, as rooms are no powers of two), the low word's top bits gave the shard. */
static struct seen_slot *place(struct seen_slot *slots, size_t room, struct hash128 hash)
{
    size_t i = (size_t)((unsigned __int128)hash.high * room >> 64);

    while (slots[i].hash.low || slots[i].hash.high) {
        if (slots[i].hash.low == hash.low && slots[i].hash.high == hash.high) break;
        if (++i == room) i = 0;
    }
    return &slots[i];
}

static void grow(struct seen_slot **slots, size_t *room)
{
    size_t new_room = *room ? *room + *room / 4 : 16;
    struct seen_slot *bigger = mem_zero(new_room, sizeof *bigger);

    for (size_t i = 0; i < *room; i++) {
        struct seen_slot *slot = &(*slots)[i];

        if (slot->hash.low || slot->hash.high) *place(bigger, new_room, slot->hash) = *slot;
    }
    mem_free(*slots);
    *slots = bigger;
    *room = new_room;
}

uint64_t *seen_add(struct seen *seen, struct hash128 hash, bool *fresh)
{
    size_t shard = hash.low >> 58;
    struct seen_slot *slot;

    hash = never_zero(hash);
    if (seen->shards[shard].count * 5 >= seen->shards[shard].room * 4)
        grow(&seen->shards[shard].slots, &seen->shards[shard].room);
    slot = place(seen->shards[shard].slots, seen->shards[shard].room, hash);
    *fresh = !slot->hash.low && !slot->hash.high;
    if (*fresh) {
        *slot = (struct seen_slot){hash, 0};
        seen->shards[shard].count++;
        seen->count++;
    }
    return &slot->value;
}

const uint64_t *seen_find(const struct seen *seen, struct hash128 hash)
{
    size_t shard = hash.low >> 58;
    const struct seen_slot *slot;

    hash = never_zero(hash);
    if (!seen->shards[shard].room) return NULL;
    slot = place(seen->shards[shard].slots, seen->shards[shard].room, hash);
    return slot->hash.low || slot->hash.high ? &slot->value : NULL;
}

void seen_prepare(const struct seen *seen, struct hash128 hash)
{
    size_t shard = hash.low >> 58, room = seen->shards[shard].room;

    if (room)
        __builtin_prefetch(
            &seen->shards[shard].slots[(size_t)((unsigned __int128)hash.high * room >> 64)], 1);
}

void seen_release(struct seen *seen)
{
    for (size_t i = 0; i < SEEN_SHARDS; i++) mem_free(seen->shards[i].slots);
    *seen = (struct seen){0};
}

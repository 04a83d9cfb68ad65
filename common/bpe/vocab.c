#include "bpe/vocab.h"

#include "bpe/mix.h"
#include "hash/hash.h"

#define EMPTY UINT64_MAX

static void make_slots(struct vocab *vocab, size_t count)
{
    vocab->slot_count = count;
    vocab->slots = mem_alloc(count * sizeof *vocab->slots);
    memset(vocab->slots, 0xff, count * sizeof *vocab->slots);
}

void vocab_init(struct vocab *vocab, size_t expected)
{
    size_t slots = 1024;

    *vocab = (struct vocab){.secret = hash_key_random().k0 | 1};
    while (slots < 2 * expected && slots < 2 * (size_t)TOKEN_LIMIT) slots *= 2;
    make_slots(vocab, slots);
    buffer_reserve(&vocab->bytes, 8 * expected + 64);
}

void vocab_release(struct vocab *vocab)
{
    mem_free(vocab->rows);
    mem_free(vocab->slots);
    buffer_release(&vocab->bytes);
    *vocab = (struct vocab){0};
}

uint64_t vocab_hash(const struct vocab *vocab, struct text bytes, bool foreign)
{
    return mix_bytes(vocab->secret ^ foreign, bytes.at, bytes.len);
}

/* The slot that holds the token, or the empty one where it belongs. */
static size_t find_slot(const struct vocab *vocab, struct text bytes, bool foreign, uint64_t hash)
{
    size_t mask = vocab->slot_count - 1, at = (size_t)hash & mask;

    for (; vocab->slots[at] != EMPTY; at = (at + 1) & mask) {
        const struct vocab_row *row;

        if ((uint32_t)(vocab->slots[at] >> 32) != (uint32_t)(hash >> 32)) continue;
        row = &vocab->rows[(uint32_t)vocab->slots[at]];
        if (row->len == bytes.len && !(row->flags & TOKEN_FOREIGN) == !foreign &&
            (!bytes.len || memcmp(vocab->bytes.at + row->at, bytes.at, bytes.len) == 0))
            return at;
    }
    return at;
}

static void grow_slots(struct vocab *vocab)
{
    uint64_t *old = vocab->slots;

    make_slots(vocab, 2 * vocab->slot_count);
    for (token_id id = 0; id < vocab->count; id++) {
        bool foreign = vocab->rows[id].flags & TOKEN_FOREIGN;
        uint64_t hash;

        if (!(vocab->rows[id].flags & TOKEN_MODEL)) continue;
        hash = vocab_hash(vocab, vocab_bytes(vocab, id), foreign);
        vocab->slots[find_slot(vocab, vocab_bytes(vocab, id), foreign, hash)] =
            hash >> 32 << 32 | id;
    }
    mem_free(old);
}

static void reach(struct vocab *vocab, token_id id)
{
    if (id >= vocab->room) {
        size_t room = vocab->room ? vocab->room + vocab->room / 2 : 1024;

        if (room <= id) room = (size_t)id + 1;
        vocab->rows = mem_resize(vocab->rows, room, sizeof *vocab->rows);
        vocab->room = room;
    }
    if (id < vocab->count) return;
    memset(vocab->rows + vocab->count, 0, (id + 1 - vocab->count) * sizeof *vocab->rows);
    vocab->count = (size_t)id + 1;
}

const char *vocab_add(struct vocab *vocab, token_id id, struct text bytes, unsigned flags)
{
    bool foreign = flags & TOKEN_FOREIGN;

    if (id >= TOKEN_LIMIT) return "ids above 4194303 are not supported";
    if (bytes.len > TOKEN_BYTES) return "tokens of more than 65535 bytes are not supported";
    if (vocab->bytes.len > UINT32_MAX - TOKEN_BYTES) return "the tokens have too many bytes";
    reach(vocab, id);
    if (vocab->rows[id].flags & TOKEN_THERE) return "its id belongs to another token";
    if (flags & TOKEN_MODEL) {
        uint64_t hash = vocab_hash(vocab, bytes, foreign);
        size_t slot = find_slot(vocab, bytes, foreign, hash);

        if (vocab->slots[slot] != EMPTY) return "it is there twice";
        vocab->slots[slot] = hash >> 32 << 32 | id;
        vocab->used++;
    }
    vocab->rows[id] = (struct vocab_row){(uint32_t)vocab->bytes.len, (uint16_t)bytes.len,
                                         (uint8_t)(flags | TOKEN_THERE)};
    buffer_add(&vocab->bytes, bytes.at, bytes.len);
    if (vocab->used > vocab->slot_count / 3 * 2) grow_slots(vocab);
    return NULL;
}

void vocab_fetch_slot(const struct vocab *vocab, uint64_t hash)
{
    __builtin_prefetch(&vocab->slots[hash & (vocab->slot_count - 1)]);
}

void vocab_fetch_row(const struct vocab *vocab, uint64_t hash)
{
    token_id id = (token_id)vocab->slots[hash & (vocab->slot_count - 1)];

    if (id < vocab->count) __builtin_prefetch(&vocab->rows[id]);
}

token_id vocab_find_hash(const struct vocab *vocab, struct text bytes, bool foreign, uint64_t hash)
{
    size_t slot = find_slot(vocab, bytes, foreign, hash);

    return vocab->slots[slot] == EMPTY ? TOKEN_NONE : (token_id)vocab->slots[slot];
}

token_id vocab_find(const struct vocab *vocab, struct text bytes, bool foreign)
{
    return vocab_find_hash(vocab, bytes, foreign, vocab_hash(vocab, bytes, foreign));
}

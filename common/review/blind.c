#include "review/blind.h"

struct blind blind_of(uint64_t seed)
{
    /* Three streams that have nothing in common but the seed. */
    return (struct blind){.seed = seed,
                          .draws = {seed, 0x6472617773ULL},
                          .sides = {seed, 0x7369646573ULL},
                          .texts = {seed, 0x7465787473ULL}};
}

static void put_u64(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) at[i] = (unsigned char)(value >> 8 * i);
}

struct blind_lot blind_lot(const struct blind *blind, struct hash128 record)
{
    unsigned char bytes[16];
    struct hash128 draw;

    put_u64(bytes, record.low);
    put_u64(bytes + 8, record.high);
    draw = hash_bytes(blind->draws, bytes, sizeof bytes);
    return (struct blind_lot){draw.low, draw.high};
}

/* What a record's answer is sorted by. */
static uint64_t rank(const struct blind *blind, struct hash128 record, struct text answer)
{
    const struct hash128 words = hash_bytes(blind->sides, answer.at, answer.len);
    unsigned char bytes[32];

    put_u64(bytes, record.low);
    put_u64(bytes + 8, record.high);
    put_u64(bytes + 16, words.low);
    put_u64(bytes + 24, words.high);
    return hash_bytes(blind->sides, bytes, sizeof bytes).low;
}

bool blind_now_first(const struct blind *blind, struct hash128 record, struct text now,
                     struct text baseline)
{
    return rank(blind, record, now) < rank(blind, record, baseline);
}

uint64_t blind_text(const struct blind *blind, struct text answer)
{
    return hash_bytes(blind->texts, answer.at, answer.len).low;
}

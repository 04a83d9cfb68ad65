#include "hash/random.h"

#define WORDS 624
#define MIDDLE 397

void random_init(struct random *random, uint32_t seed)
{
    random->state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) {
        uint32_t last = random->state[i - 1];

        random->state[i] = 1812433253U * (last ^ last >> 30) + i;
    }
    random->used = WORDS;
}

static void refill(uint32_t *state)
{
    for (size_t i = 0; i < WORDS; i++) {
        uint32_t mix = (state[i] & 0x80000000U) | (state[(i + 1) % WORDS] & 0x7fffffffU);

        state[i] = state[(i + MIDDLE) % WORDS] ^ mix >> 1 ^ (mix & 1 ? 0x9908b0dfU : 0);
    }
}

uint32_t random_u32(struct random *random)
{
    uint32_t x;

    if (random->used == WORDS) {
        refill(random->state);
        random->used = 0;
    }
    x = random->state[random->used++];
    x ^= x >> 11;
    x ^= x << 7 & 0x9d2c5680U;
    x ^= x << 15 & 0xefc60000U;
    return x ^ x >> 18;
}

size_t random_upto(struct random *random, size_t max)
{
    size_t mask = max, value;

    for (unsigned shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
    do {
        value = random_u32(random);
        if (max > UINT32_MAX) value = value << 32 | random_u32(random);
        value &= mask;
    } while (value > max);
    return value;
}

double random_unit(struct random *random)
{
    uint32_t high = random_u32(random) >> 5, low = random_u32(random) >> 6;

    return (high * 67108864.0 + low) / 9007199254740992.0;
}

void random_permutation(struct random *random, size_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t j = random_upto(random, i), keep = out[i];

        out[i] = out[j];
        out[j] = keep;
    }
}

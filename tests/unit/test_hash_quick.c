/* The quick hash: equal for equal bytes, different for everything else. */
#include "hash/hash_quick.h"

#include "check.h"

#include <stdlib.h>

static const struct hash_key key = {0x0123456789abcdef, 0xfedcba9876543210};

static bool same(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

TEST(equal_bytes_have_equal_hashes)
{
    unsigned char bytes[400];

    srand(1);
    for (size_t i = 0; i < 200; i++) bytes[i] = bytes[200 + i] = (unsigned char)rand();
    for (size_t len = 0; len < 200; len++)
        CHECK(same(hash_quick(key, bytes, len), hash_quick(key, bytes + 200, len)));
}

TEST(the_key_matters)
{
    struct hash_key other = {key.k0, key.k1 ^ 1};

    CHECK(!same(hash_quick(key, "", 0), hash_quick(other, "", 0)));
    CHECK(!same(hash_quick(key, "text", 4), hash_quick(other, "text", 4)));
}

TEST(zeros_count)
{
    unsigned char zeros[300] = {0};
    struct hash128 hashes[301];

    for (size_t len = 0; len <= 300; len++) {
        hashes[len] = hash_quick(key, zeros, len);
        for (size_t i = 0; i < len; i++) CHECK(!same(hashes[i], hashes[len]));
    }
}

/* Each bit of the text changes about half of the bits of the hash. */
TEST(every_bit_spreads)
{
    unsigned char bytes[200];
    struct hash128 plain;
    int least = 128, most = 0;

    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)rand();
    plain = hash_quick(key, bytes, sizeof bytes);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        struct hash128 changed;
        int flipped;

        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        changed = hash_quick(key, bytes, sizeof bytes);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        flipped = __builtin_popcountll(plain.low ^ changed.low) +
                  __builtin_popcountll(plain.high ^ changed.high);
        least = flipped < least ? flipped : least;
        most = flipped > most ? flipped : most;
    }
    CHECK(least >= 32 && most <= 96);
}

TEST(the_order_of_blocks_matters)
{
    unsigned char bytes[256], turned[256];
    struct hash128 plain;

    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i / 16 * 17);
    plain = hash_quick(key, bytes, sizeof bytes);
    for (size_t a = 0; a < 16; a++)
        for (size_t b = 0; b < a; b++) {
            memcpy(turned, bytes, sizeof bytes);
            memcpy(turned + 16 * a, bytes + 16 * b, 16);
            memcpy(turned + 16 * b, bytes + 16 * a, 16);
            CHECK(!same(plain, hash_quick(key, turned, sizeof turned)));
        }
}

int main(void)
{
    RUN(equal_bytes_have_equal_hashes);
    RUN(the_key_matters);
    RUN(zeros_count);
    RUN(every_bit_spreads);
    RUN(the_order_of_blocks_matters);
    return check_end();
}

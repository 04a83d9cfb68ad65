/* SipHash-1-3 with 128 bits. The vectors come from an implementation of ours in Python, written
 * after the paper's text alone and checked by the paper's own vectors for SipHash-2-4 with 64 and
 * 128 bits: the key is 00 01 .. 0f, the message 00 01 .. of so many bytes. */
#include "hash/hash.h"

#include "check.h"

static const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static const struct {
    size_t len;
    uint64_t low, high;
} vectors[] = {
    {0, 0xbea58827b2bc7ee7, 0x013030dd6adb62fd},    {1, 0xa8edd36004376ffc, 0x63f02f2bcc73055e},
    {7, 0xc3e0aaf223b98410, 0x77ab4808c82e2fa6},    {8, 0xb4dae3d5e1fe12aa, 0x99c7f935ab164f72},
    {9, 0x9439f32c04b8dd81, 0x427c1394000e72f4},    {15, 0x6c52bdb205557ec1, 0x09017e1eeccd2129},
    {16, 0xeb8e511557d9a8d0, 0x93179e3df8b013b5},   {17, 0x8d66bb3ff9264123, 0xecf7bdfee8125197},
    {63, 0x6f42fe4ee300584c, 0xad6052a70a6b9f07},   {64, 0x36a54a4bf2de5312, 0xc2666aba59a7c84e},
    {255, 0xa558210ac1a428f5, 0xe93ebbaed065a4f1},  {256, 0x5a020c3a248b6cf5, 0x7a709cb9a27a686a},
    {1000, 0x48161d9dfffa82e7, 0xfaf3d320a6864225},
};

static bool same(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

TEST(known_vectors)
{
    unsigned char message[1001];

    for (size_t i = 0; i < sizeof message; i++) message[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct hash128 want = {vectors[i].low, vectors[i].high};

        CHECK(same(hash_bytes(key, message, vectors[i].len), want));
    }
}

TEST(place_in_memory_is_nothing)
{
    unsigned char block[64];
    struct hash128 want;

    memset(block, 'a', sizeof block);
    want = hash_bytes(key, block, 20);
    for (size_t at = 1; at < 32; at++) CHECK(same(hash_bytes(key, block + at, 20), want));
}

TEST(joining_keeps_the_order)
{
    struct hash128 a = hash_bytes(key, "a", 1), b = hash_bytes(key, "b", 1), c = {1, 2};
    unsigned char bytes[48];
    uint64_t words[6] = {a.low, a.high, b.low, b.high, c.low, c.high};

    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(words[i / 8] >> i % 8 * 8);
    CHECK(same(hash_join(key, a, b, c), hash_bytes(key, bytes, sizeof bytes)));
    CHECK(!same(hash_join(key, a, b, c), hash_join(key, b, a, c)));
    CHECK(!same(hash_join(key, a, b, c), hash_join(key, a, c, b)));
}

TEST(random_keys_differ)
{
    struct hash_key one = hash_key_random(), two = hash_key_random();

    CHECK(one.k0 != two.k0 || one.k1 != two.k1);
    CHECK(!same(hash_bytes(one, "x", 1), hash_bytes(two, "x", 1)));
}

int main(void)
{
    RUN(known_vectors);
    RUN(place_in_memory_is_nothing);
    RUN(joining_keeps_the_order);
    RUN(random_keys_differ);
    return check_end();
}

/* SHA-256 by NIST's examples, with the processor's instructions and without, in pieces of all
 * sizes. */
#include "hash/sha256.h"

#include "check.h"

#include <stdlib.h>

static void check_digest(const void *data, size_t len, const char *want)
{
    struct sha256 sha;
    char digest[65];

    sha256_init(&sha);
    sha256_add(&sha, data, len);
    sha256_hex(&sha, digest);
    CHECK_TEXT(digest, want);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void check_examples(void)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    struct sha256 sha;
    char digest[65], piece[1000];

    check_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest(two_blocks, 56,
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(piece, 'a', sizeof piece);
    sha256_init(&sha);
    for (int i = 0; i < 1000; i++) sha256_add(&sha, piece, sizeof piece);
    sha256_hex(&sha, digest);
    CHECK_TEXT(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* One digest over the digests of the first 0..300 bytes, cut into pieces of step bytes. */
static void digest_all(size_t step, char digest[65])
{
    unsigned char bytes[300];
    struct sha256 all, one;

    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 7 + 1);
    sha256_init(&all);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        char hex[65];

        sha256_init(&one);
        for (size_t at = 0; at < len; at += step)
            sha256_add(&one, bytes + at, len - at < step ? len - at : step);
        sha256_hex(&one, hex);
        sha256_add(&all, hex, 64);
    }
    sha256_hex(&all, digest);
}

static char whole[65];

TEST(examples)
{
    check_examples();
}

TEST(pieces)
{
    char digest[65];

    digest_all(300, whole);
    for (size_t step = 1; step < 200; step += step < 70 ? 1 : 13) {
        digest_all(step, digest);
        CHECK_TEXT(digest, whole);
    }
}

TEST(nothing_added)
{
    struct sha256 sha;
    char digest[65];

    sha256_init(&sha);
    sha256_add(&sha, "ab", 2);
    sha256_add(&sha, NULL, 0);
    sha256_add(&sha, "c", 1);
    sha256_hex(&sha, digest);
    CHECK_TEXT(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(plain_is_the_same)
{
    char digest[65];

    sha256_force_plain();
    check_examples();
    digest_all(300, digest);
    CHECK_TEXT(digest, whole);
    digest_all(17, digest);
    CHECK_TEXT(digest, whole);
}

int main(void)
{
    RUN(examples);
    RUN(pieces);
    RUN(nothing_added);
    RUN(plain_is_the_same); /* and so for the rest of the program */
    return check_end();
}

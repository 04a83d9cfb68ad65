/* SHA-1 against the values of its standard and of git. */
#include "hash/sha1.h"

#include "check.h"

static void check(const char *text, size_t repeat, size_t piece, const char *want)
{
    char out[41];
    struct sha1 sha;

    sha1_init(&sha);
    for (size_t i = 0; i < repeat; i++)
        for (size_t at = 0, len = strlen(text); at < len; at += piece)
            sha1_add(&sha, text + at, len - at < piece ? len - at : piece);
    sha1_hex(&sha, out);
    CHECK_TEXT(out, want);
}

TEST(known_values)
{
    check("", 1, 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    check("abc", 1, 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, 7,
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    check("aaaaaaaaaa", 100000, 10, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

int main(void)
{
    RUN(known_values);
    return check_end();
}

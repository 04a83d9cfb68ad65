#include "core/entropy.h"

#include "check.h"

TEST(two_draws_differ)
{
    unsigned char a[32] = {0}, b[32] = {0}, zeros[32] = {0};

    entropy_fill(a, sizeof a);
    entropy_fill(b, sizeof b);
    CHECK(memcmp(a, zeros, sizeof a) != 0);
    CHECK(memcmp(a, b, sizeof a) != 0);
}

TEST(nothing_beyond_is_touched)
{
    unsigned char bytes[4] = {1, 2, 3, 4};

    entropy_fill(bytes + 1, 2);
    CHECK(bytes[0] == 1 && bytes[3] == 4);
}

int main(void)
{
    RUN(two_draws_differ);
    RUN(nothing_beyond_is_touched);
    return check_end();
}

/* Answers counted: the most frequent one, the first of those that tie. */
#include "judge/votes.h"

#include "check.h"

static void check_votes(const char *const *answers, size_t count, size_t first, size_t votes,
                        size_t distinct)
{
    struct text texts[8];
    struct votes got;

    for (size_t i = 0; i < count; i++) texts[i] = text_of(answers[i]);
    got = votes_count(texts, count);
    CHECK_INT(got.first, first);
    CHECK_INT(got.votes, votes);
    CHECK_INT(got.distinct, distinct);
    CHECK_NEAR(got.share, count ? (double)votes / (double)count : 0, 0);
}

#define VOTES(first, votes, distinct, ...)                                                         \
    check_votes((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), first, votes,         \
                distinct)

TEST(counts)
{
    VOTES(0, 1, 1, "a");
    VOTES(0, 2, 2, "b", "a", "b");
    VOTES(1, 2, 2, "b", "a", "a");
    VOTES(0, 2, 2, "b", "a", "a", "b");
    VOTES(0, 1, 3, "c", "b", "a");
    VOTES(1, 3, 2, "a", "aa", "aa", "aa", "");
}

TEST(nobody)
{
    VOTES(0, 0, 0, "");
    VOTES(0, 0, 0, "", "");
    VOTES(2, 1, 1, "", "", "a");
    check_votes(NULL, 0, 0, 0, 0);
}

int main(void)
{
    RUN(counts);
    RUN(nobody);
    return check_end();
}

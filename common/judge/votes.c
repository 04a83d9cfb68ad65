#include "judge/votes.h"

#include <stdlib.h>
#include <string.h>

struct ballot {
    struct text answer;
    size_t place;
};

/* By answer, then by place. */
static int compare(const void *a, const void *b)
{
    const struct ballot *x = a, *y = b;
    size_t len = x->answer.len < y->answer.len ? x->answer.len : y->answer.len;
    int order = len ? memcmp(x->answer.at, y->answer.at, len) : 0;

    if (order) return order;
    if (x->answer.len != y->answer.len) return x->answer.len < y->answer.len ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

struct votes votes_count(const struct text *answers, size_t count)
{
    struct ballot *ballots = mem_zero(count + 1, sizeof *ballots);
    struct votes result = {0};

    for (size_t i = 0; i < count; i++) ballots[i] = (struct ballot){answers[i], i};
    qsort(ballots, count, sizeof *ballots, compare);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && same(ballots[i].answer, ballots[end].answer);) end++;
        if (!ballots[i].answer.len) continue;
        result.distinct++;
        if (end - i < result.votes || (end - i == result.votes && ballots[i].place > result.first))
            continue;
        result.votes = end - i;
        result.first = ballots[i].place;
    }
    if (count) result.share = (double)result.votes / (double)count;
    mem_free(ballots);
    return result;
}

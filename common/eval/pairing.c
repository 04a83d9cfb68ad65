#include "eval/pairing.h"

#include <stdlib.h>

/* The records of one side that have no partner yet, by their hashes. */
struct queue {
    const struct hash128 *hashes;
    size_t *records;
    size_t count;
};

static int compare(struct hash128 a, struct hash128 b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* Then as they came. */
static int by_hash(const void *left, const void *right, void *hashes)
{
    const size_t a = *(const size_t *)left, b = *(const size_t *)right;
    const int order =
        compare(((const struct hash128 *)hashes)[a], ((const struct hash128 *)hashes)[b]);

    return order ? order : (a > b) - (a < b);
}

static struct queue line_up(struct hash128 *hashes, const size_t *taken, size_t count)
{
    struct queue queue = {.hashes = hashes, .records = mem_zero(count, sizeof *queue.records)};

    for (size_t i = 0; i < count; i++)
        if (taken[i] == SIZE_MAX) queue.records[queue.count++] = i;
    qsort_r(queue.records, queue.count, sizeof *queue.records, by_hash, hashes);
    return queue;
}

struct sides {
    const struct marks *now, *baseline;
    size_t *partners, *others; /* of now's records, of the baseline's */
    size_t count;
};

static bool same_prompt(const struct sides *sides, size_t ours, size_t theirs)
{
    return compare(sides->now->prompts[ours], sides->baseline->prompts[theirs]) == 0;
}

/* Walks along both queues: equal hashes meet, the smaller one has no partner. */
static void join(struct sides *sides, struct queue *now, struct queue *baseline)
{
    for (size_t i = 0, j = 0; i < now->count && j < baseline->count;) {
        const size_t ours = now->records[i], theirs = baseline->records[j];
        const int order = compare(now->hashes[ours], baseline->hashes[theirs]);

        if (order == 0 && same_prompt(sides, ours, theirs)) {
            sides->partners[ours] = theirs;
            sides->others[theirs] = ours;
            sides->count++;
        }
        if (order <= 0) i++;
        if (order >= 0) j++;
    }
    mem_free(now->records);
    mem_free(baseline->records);
}

static size_t *nobody(size_t count)
{
    size_t *partners = mem_zero(count, sizeof *partners);

    for (size_t i = 0; i < count; i++) partners[i] = SIZE_MAX;
    return partners;
}

void pairing_make(struct pairing *pairing, const struct marks *now, const struct marks *baseline)
{
    struct sides sides = {.now = now,
                          .baseline = baseline,
                          .partners = nobody(now->count),
                          .others = nobody(baseline->count)};
    struct queue ours = line_up(now->keys, sides.partners, now->count);
    struct queue theirs = line_up(baseline->keys, sides.others, baseline->count);

    join(&sides, &ours, &theirs);
    ours = line_up(now->prompts, sides.partners, now->count);
    theirs = line_up(baseline->prompts, sides.others, baseline->count);
    join(&sides, &ours, &theirs);
    mem_free(sides.others);
    *pairing = (struct pairing){.partners = sides.partners,
                                .count = sides.count,
                                .only_now = now->count - sides.count,
                                .only_baseline = baseline->count - sides.count};
}

void pairing_release(struct pairing *pairing)
{
    mem_free(pairing->partners);
    *pairing = (struct pairing){0};
}

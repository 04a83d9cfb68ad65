/* The set of hashes: all that was added is found, nothing else, whatever it grew to. */
#include "records/seen.h"

#include "check.h"

#include <string.h>

static const struct hash_key key = {1, 2};

static struct hash128 hash_of(uint64_t number)
{
    return hash_bytes(key, &number, sizeof number);
}

TEST(hundred_thousand)
{
    struct seen seen = {0};
    size_t room = 0, good = 0;
    bool fresh;

    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t *value = seen_add(&seen, hash_of(i), &fresh);

        good += fresh && *value == 0;
        *value = i;
    }
    CHECK_INT(good, 100000);
    CHECK_INT(seen.count, 100000);
    good = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        const uint64_t *value = seen_find(&seen, hash_of(i));

        good += value && *value == i && *seen_add(&seen, hash_of(i), &fresh) == i && !fresh;
        good -= seen_find(&seen, hash_of(i + 100000)) != NULL;
    }
    CHECK_INT(good, 100000);
    CHECK_INT(seen.count, 100000);
    for (size_t i = 0; i < SEEN_SHARDS; i++) room += seen.shards[i].room;
    CHECK(room * sizeof(struct seen_slot) <= 40 * seen.count);
    seen_release(&seen);
    CHECK(seen.count == 0 && !seen_find(&seen, hash_of(1)));
}

TEST(hash_of_zeros)
{
    struct hash128 zero = {0, 0}, one = {1, 0};
    struct seen seen = {0};
    bool fresh;

    CHECK(!seen_find(&seen, zero));
    *seen_add(&seen, zero, &fresh) = 7;
    CHECK(fresh);
    CHECK(seen_find(&seen, zero) && *seen_find(&seen, zero) == 7);
    seen_add(&seen, zero, &fresh);
    CHECK(!fresh);
    CHECK(seen_find(&seen, one) != NULL); /* the one it cannot be told from */
    seen_release(&seen);
}

/* Hashes that all want the same place, the last one included. */
TEST(crowded_places)
{
    static const uint64_t places[] = {0, UINT64_MAX, UINT64_MAX / 2};
    struct seen seen = {0};
    bool fresh;

    for (size_t p = 0; p < 3; p++)
        for (uint64_t i = 0; i < 200; i++) {
            *seen_add(&seen, (struct hash128){i + 1, places[p]}, &fresh) = 1000 * p + i;
            CHECK(fresh);
        }
    for (size_t p = 0; p < 3; p++)
        for (uint64_t i = 0; i < 200; i++) {
            const uint64_t *value = seen_find(&seen, (struct hash128){i + 1, places[p]});

            CHECK(value && *value == 1000 * p + i);
        }
    CHECK(!seen_find(&seen, (struct hash128){300, 0}));
    seen_release(&seen);
}

int main(void)
{
    RUN(hundred_thousand);
    RUN(hash_of_zeros);
    RUN(crowded_places);
    return check_end();
}

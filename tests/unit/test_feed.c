#include "learn/feed.h"

#include "check.h"

#include <math.h>

enum { COUNT = 11 };

static struct example items[COUNT];
static struct examples examples = {.items = items, .count = COUNT};

static struct feed feed_of(size_t batch, size_t accumulation)
{
    return (struct feed){
        .examples = &examples, .batch = batch, .accumulation = accumulation, .seed = 42};
}

static void check_update(struct feed *feed, uint64_t update, size_t first, size_t count,
                         size_t microbatches)
{
    const struct feed_update got = feed_at(feed, update);

    CHECK_INT(got.count, count);
    CHECK_INT(got.microbatches, microbatches);
    for (size_t i = 0; i < got.count; i++) CHECK_INT(got.picked[i], first + i);
}

TEST(the_end_of_an_epoch_has_fewer)
{
    struct feed feed = feed_of(2, 3);

    CHECK_INT(feed_updates(&feed), 2);
    check_update(&feed, 0, 0, 6, 3);
    check_update(&feed, 1, 6, 5, 3);
    check_update(&feed, 2, 0, 6, 3);
    feed_release(&feed);
    feed = feed_of(4, 2);
    check_update(&feed, 1, 8, 3, 1);
    feed_release(&feed);
    feed = feed_of(100, 100);
    CHECK_INT(feed_updates(&feed), 1);
    check_update(&feed, 5, 0, COUNT, 1);
    feed_release(&feed);
}

TEST(epochs_are_counted_in_microbatches)
{
    const struct feed feed = feed_of(2, 4); /* 6 microbatches: updates of 4 and of 2 */

    CHECK_NEAR(feed_epochs(&feed, 0), 0, 0);
    CHECK_NEAR(feed_epochs(&feed, 1), 4.0 / 6, 0);
    CHECK_NEAR(feed_epochs(&feed, 2), 1, 0);
    CHECK_NEAR(feed_epochs(&feed, 5), 2 + 4.0 / 6, 0);
}

/* Every epoch has all examples, in an order of its own, whichever update was asked for before. */
TEST(shuffled_epochs_differ)
{
    struct feed feed = feed_of(4, 3);
    size_t first[COUNT];

    feed.shuffled = true;
    memcpy(first, feed_at(&feed, 0).picked, sizeof first);
    CHECK(memcmp(first, feed_at(&feed, 1).picked, sizeof first) != 0);
    CHECK(memcmp(first, feed_at(&feed, 0).picked, sizeof first) == 0);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        unsigned seen = 0;

        for (size_t i = 0; i < COUNT; i++) seen |= 1U << feed_at(&feed, epoch).picked[i];
        CHECK_INT(seen, (1U << COUNT) - 1);
    }
    feed_release(&feed);
}

TEST(a_curriculum_is_the_first_epoch)
{
    struct feed feed = feed_of(4, 3);

    for (size_t i = 0; i < COUNT; i++) items[i].gap = i == 4 ? NAN : (double)i;
    feed.curriculum = true;
    for (size_t i = 0; i < COUNT - 1; i++) {
        const size_t next = COUNT - 1 - i;

        CHECK_INT(feed_at(&feed, 0).picked[i], next > 4 ? next : next - 1);
    }
    CHECK_INT(feed_at(&feed, 0).picked[COUNT - 1], 4);
    check_update(&feed, 1, 0, COUNT, 3);
    feed_release(&feed);
}

int main(void)
{
    RUN(the_end_of_an_epoch_has_fewer);
    RUN(epochs_are_counted_in_microbatches);
    RUN(shuffled_epochs_differ);
    RUN(a_curriculum_is_the_first_epoch);
    return check_end();
}

#include "learn/feed.h"

#include "core/memory.h"
#include "optimizer/order.h"

static size_t batches(const struct feed *feed)
{
    return (feed->examples->count + feed->batch - 1) / feed->batch;
}

size_t feed_updates(const struct feed *feed)
{
    return (batches(feed) + feed->accumulation - 1) / feed->accumulation;
}

static void find_order(struct feed *feed, uint64_t epoch)
{
    const size_t count = feed->examples->count;

    if (feed->ordered && feed->epoch == epoch) return;
    if (!feed->order) feed->order = mem_zero(count, sizeof *feed->order);
    if (feed->curriculum && epoch == 0)
        examples_order_by_gap(feed->examples, feed->order);
    else if (feed->shuffled)
        order_epoch(feed->seed, epoch, count, feed->order);
    else
        for (size_t i = 0; i < count; i++) feed->order[i] = i;
    feed->epoch = epoch;
    feed->ordered = true;
}

struct feed_update feed_at(struct feed *feed, uint64_t update)
{
    const size_t most = feed->batch * feed->accumulation, updates = feed_updates(feed);
    const size_t begin = (size_t)(update % updates) * most;
    const size_t left = feed->examples->count - begin, count = left < most ? left : most;

    find_order(feed, update / updates);
    return (struct feed_update){.picked = feed->order + begin,
                                .count = count,
                                .microbatches = (count + feed->batch - 1) / feed->batch};
}

double feed_epochs(const struct feed *feed, uint64_t updates)
{
    const size_t per_epoch = feed_updates(feed), all = batches(feed);
    const size_t done = (size_t)(updates % per_epoch) * feed->accumulation;
    const uint64_t whole = updates / per_epoch;

    return (double)whole + (double)done / (double)all;
}

void feed_release(struct feed *feed)
{
    mem_free(feed->order);
    feed->order = NULL;
    feed->ordered = false;
}

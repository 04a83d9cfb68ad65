#include "bpe/bpe.h"

#include <assert.h>

#define FEW 48
#define NOWHERE UINT32_MAX

static void join_few(const struct merges *merges, struct bpe_work *work)
{
    token_id *ids = work->ids;
    uint32_t ranks[FEW];
    size_t count = work->count;

    for (size_t i = 0; i + 1 < count; i++) ranks[i] = merges_find(merges, ids[i], ids[i + 1]);
    ranks[count - 1] = RANK_NONE; /* nothing stands behind the last */
    while (count > 1) {
        size_t best = 0;

        for (size_t i = 1; i + 1 < count; i++)
            if (ranks[i] < ranks[best]) best = i;
        if (ranks[best] == RANK_NONE) break;
        ids[best] = merges->ids[ranks[best]];
        count--;
        for (size_t i = best + 1; i < count; i++) {
            ids[i] = ids[i + 1];
            ranks[i] = ranks[i + 1];
        }
        if (best) ranks[best - 1] = merges_find(merges, ids[best - 1], ids[best]);
        if (best + 1 < count) ranks[best] = merges_find(merges, ids[best], ids[best + 1]);
    }
    work->count = count;
}

static void sink(uint64_t *heap, size_t count, size_t at)
{
    uint64_t item = heap[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= count) break;
        if (child + 1 < count && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= item) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
}

static void push(struct bpe_work *work, uint32_t rank, uint32_t place)
{
    uint64_t item = (uint64_t)rank << 32 | place;
    size_t at = work->heap_count;

    if (rank == RANK_NONE) return;
    work->heap = mem_room(work->heap, at, &work->heap_room, sizeof *work->heap);
    for (work->heap_count++; at > 0 && work->heap[(at - 1) / 2] > item; at = (at - 1) / 2)
        work->heap[at] = work->heap[(at - 1) / 2];
    work->heap[at] = item;
}

/* Asks what the symbols at place and behind it make now. */
static void ask(const struct merges *merges, struct bpe_work *work, uint32_t place)
{
    struct bpe_link *link = &work->links[place];

    link->rank = RANK_NONE;
    if (link->after != NOWHERE)
        link->rank = merges_find(merges, work->ids[place], work->ids[link->after]);
}

static void open_links(const struct merges *merges, struct bpe_work *work)
{
    uint32_t count = (uint32_t)work->count;

    if (work->link_room < count) {
        work->links = mem_resize(work->links, count, sizeof *work->links);
        work->link_room = count;
    }
    work->heap_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        work->links[i].before = i ? i - 1 : NOWHERE;
        work->links[i].after = i + 1 < count ? i + 1 : NOWHERE;
        ask(merges, work, i);
        if (work->links[i].rank == RANK_NONE) continue;
        work->heap = mem_room(work->heap, work->heap_count, &work->heap_room, sizeof *work->heap);
        work->heap[work->heap_count++] = (uint64_t)work->links[i].rank << 32 | i;
    }
    for (size_t i = work->heap_count / 2; i-- > 0;) sink(work->heap, work->heap_count, i);
}

/* An item of the heap counts when its rank is still that of its place. */
static void join_many(const struct merges *merges, struct bpe_work *work)
{
    struct bpe_link *links;
    size_t kept = 0;

    open_links(merges, work);
    links = work->links;
    while (work->heap_count) {
        uint32_t rank = (uint32_t)(work->heap[0] >> 32), place = (uint32_t)work->heap[0];
        uint32_t gone = links[place].after;

        work->heap[0] = work->heap[--work->heap_count];
        if (work->heap_count) sink(work->heap, work->heap_count, 0);
        if (links[place].rank != rank) continue;
        work->ids[place] = merges->ids[rank];
        links[gone].rank = RANK_NONE;
        links[place].after = links[gone].after;
        if (links[gone].after != NOWHERE) links[links[gone].after].before = place;
        ask(merges, work, place);
        push(work, links[place].rank, place);
        if (links[place].before == NOWHERE) continue;
        ask(merges, work, links[place].before);
        push(work, links[links[place].before].rank, links[place].before);
    }
    for (uint32_t i = 0; i != NOWHERE; i = links[i].after) work->ids[kept++] = work->ids[i];
    work->count = kept;
}

void bpe_join(const struct merges *merges, struct bpe_work *work)
{
    assert(work->count <= (size_t)1 << 31);
    if (work->count < 2) return;
    if (work->count <= FEW)
        join_few(merges, work);
    else
        join_many(merges, work);
}

void bpe_work_release(struct bpe_work *work)
{
    mem_free(work->ids);
    mem_free(work->links);
    mem_free(work->heap);
    *work = (struct bpe_work){0};
}

/* Byte pair encoding of one piece: its symbols are joined pair by pair, always the pair of the
 * lowest rank, of equals the leftmost, until no pair has a merge.
 *
 * Short pieces are scanned for that pair; long ones keep a heap, so that a piece of n symbols takes
 * n log n steps whatever stands in it. */
#ifndef BPE_BPE_H
#define BPE_BPE_H

#include "bpe/merges.h"

struct bpe_link {
    uint32_t before, after; /* places; UINT32_MAX at the ends */
    uint32_t rank;          /* of the merge with the symbol after; RANK_NONE: none, or dead */
};

/* Storage of one thread. All zero is an empty one. */
struct bpe_work {
    token_id *ids; /* the symbols before, the tokens after */
    size_t count, room;
    struct bpe_link *links;
    uint64_t *heap; /* rank above place */
    size_t link_room, heap_count, heap_room;
};

static inline void bpe_symbol(struct bpe_work *work, token_id id)
{
    if (work->count == work->room)
        work->ids = mem_room(work->ids, work->count, &work->room, sizeof *work->ids);
    work->ids[work->count++] = id;
}

/* Joins the symbols in work->ids, at most 2^31. */
void bpe_join(const struct merges *merges, struct bpe_work *work);
void bpe_work_release(struct bpe_work *work);

#endif

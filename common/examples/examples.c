#include "examples/examples_layout.h"

#include "core/lines.h"
#include "hash/sha256.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>

void example_add(struct batch *batch, const struct example *item, const token_id *ids,
                 size_t scored[2])
{
    const size_t prompt = batch_text(batch, BATCH_START, ids, item->prompt);

    ids += item->prompt;
    for (size_t side = 0; side < item->sides; side++) {
        const size_t context = item->branches[side].context;
        const size_t count = context + item->branches[side].answer;

        scored[side] = batch_answer(batch, prompt, ids, count, context);
        ids += count;
    }
}

const char *examples_path(const struct examples *examples, size_t file)
{
    return path_shown(examples->paths[0] ? examples->paths[file] : "-");
}

const struct ids *examples_ids(struct examples *examples, size_t number, struct err *err)
{
    const struct example *item = &examples->items[number];
    struct ids *ids = &examples->ids_read;
    size_t count = item->prompt;

    for (size_t side = 0; side < item->sides; side++)
        count += item->branches[side].context + item->branches[side].answer;
    if (item->rows == 0) count = 0; /* it was dropped, and with it its ids */
    ids->count = 0;
    ids_reserve(ids, count);
    if (!spool_read(&examples->spooled, item->ids, ids->at, count * sizeof *ids->at, err))
        return NULL;
    ids->count = count;
    return ids;
}

bool examples_add(struct examples *examples, size_t number, struct batch *batch, struct err *err)
{
    const struct ids *ids = examples_ids(examples, number, err);
    size_t scored[2];

    if (!ids) return false;
    example_add(batch, &examples->items[number], ids->at, scored);
    return true;
}

static void add_size(struct sha256 *sha, size_t size)
{
    const uint64_t bytes = htole64((uint64_t)size);

    sha256_add(sha, &bytes, sizeof bytes);
}

static bool add_example(struct examples *examples, size_t number, struct sha256 *sha,
                        struct err *err)
{
    const struct example *item = &examples->items[number];

    if (item->rows == 0) return true;
    if (!examples_ids(examples, number, err)) return false;
    add_size(sha, item->sides);
    add_size(sha, item->prompt);
    for (size_t side = 0; side < item->sides; side++) {
        add_size(sha, item->branches[side].context);
        add_size(sha, item->branches[side].answer);
    }
    for (size_t i = 0; i < examples->ids_read.count; i++)
        examples->ids_read.at[i] = htole32(examples->ids_read.at[i]);
    sha256_add(sha, examples->ids_read.at, examples->ids_read.count * sizeof(token_id));
    return true;
}

bool examples_digest(struct examples *examples, char out[65], struct err *err)
{
    struct sha256 sha;

    sha256_init(&sha);
    for (size_t i = 0; i < examples->count; i++)
        if (!add_example(examples, i, &sha, err)) return false;
    sha256_hex(&sha, out);
    return true;
}

bool examples_line(struct examples *examples, size_t number, struct buffer *out, struct err *err)
{
    const struct example *item = &examples->items[number];

    out->len = 0;
    buffer_reserve(out, item->text_len);
    out->len = item->text_len;
    return spool_read(&examples->texts, item->text, out->at, item->text_len, err);
}

struct ranked {
    double gap;
    size_t number;
};

/* Numbers tell apart what is alike: so qsort keeps its order. */
static int compare(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    const bool unknown = isnan(a->gap);

    if (unknown != (bool)isnan(b->gap)) return unknown ? 1 : -1;
    if (a->gap > b->gap || a->gap < b->gap) return a->gap > b->gap ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

void examples_order_by_gap(const struct examples *examples, size_t *order)
{
    struct ranked *ranked = mem_zero(examples->count, sizeof *ranked);

    for (size_t i = 0; i < examples->count; i++)
        ranked[i] = (struct ranked){.gap = examples->items[i].gap, .number = i};
    if (examples->count) qsort(ranked, examples->count, sizeof *ranked, compare);
    for (size_t i = 0; i < examples->count; i++) order[i] = ranked[i].number;
    mem_free(ranked);
}

void examples_close(struct examples *examples)
{
    mem_free(examples->items);
    spool_close(&examples->texts);
    spool_close(&examples->spooled);
    ids_release(&examples->ids_read);
    examples->items = NULL;
    examples->count = examples->room = 0;
}

#include "decoder/batch.h"

#include "core/memory.h"
#include "model/config_rope.h"

#include <inttypes.h>

void batch_clear(struct batch *batch)
{
    batch->segment_count = batch->rows = batch->scored_count = batch->longest = 0;
}

void batch_release(struct batch *batch)
{
    mem_free(batch->segments);
    mem_free(batch->ids);
    mem_free(batch->positions);
    mem_free(batch->scored);
    *batch = (struct batch){0};
}

/* Positions of the text up to the end of a segment. */
static size_t length_of(const struct batch *batch, size_t segment)
{
    if (segment == BATCH_START) return 0;
    return batch->segments[segment].position + batch->segments[segment].count;
}

static void reach(struct batch *batch, size_t length)
{
    if (length > batch->longest) batch->longest = length;
}

static void add_row(struct batch *batch, uint32_t id, size_t position)
{
    if (batch->rows == batch->row_room) {
        batch->ids = mem_room(batch->ids, batch->rows, &batch->row_room, sizeof *batch->ids);
        batch->positions = mem_resize(batch->positions, batch->row_room, sizeof *batch->positions);
    }
    batch->ids[batch->rows] = id;
    batch->positions[batch->rows++] = position;
}

size_t batch_text(struct batch *batch, size_t parent, const uint32_t *ids, size_t count)
{
    const size_t start = length_of(batch, parent);

    if (count == 0) return parent;
    batch->segments = mem_room(batch->segments, batch->segment_count, &batch->segment_room,
                               sizeof *batch->segments);
    batch->segments[batch->segment_count] =
        (struct segment){.first = batch->rows, .count = count, .position = start, .parent = parent};
    for (size_t i = 0; i < count; i++) add_row(batch, ids[i], start + i);
    reach(batch, start + count);
    return batch->segment_count++;
}

size_t batch_answer(struct batch *batch, size_t parent, const uint32_t *ids, size_t count,
                    size_t unscored)
{
    const size_t before = batch->scored_count, start = length_of(batch, parent);
    const size_t end = start ? batch->segments[parent].first + batch->segments[parent].count : 0;

    if (count == 0) return 0;
    batch_text(batch, parent, ids, count - 1);
    reach(batch, start + count);
    if (start == 0 && unscored == 0) unscored = 1;
    for (size_t i = unscored; i < count; i++) {
        const size_t row = i > 0 ? batch->rows - (count - i) : end - 1;

        batch->scored = mem_room(batch->scored, batch->scored_count, &batch->scored_room,
                                 sizeof *batch->scored);
        batch->scored[batch->scored_count++] = (struct scored){.row = row, .id = ids[i]};
    }
    return batch->scored_count - before;
}

struct layout batch_layout(const struct batch *batch)
{
    return (struct layout){
        .segments = batch->segments, .count = batch->segment_count, .rows = batch->rows};
}

static bool check_id(uint32_t id, const struct config *config, struct err *err)
{
    if (id < config->vocabulary) return true;
    return err_set(err, "token %" PRIu32 " is beyond the model's vocabulary of %" PRIu32, id,
                   config->vocabulary);
}

bool batch_check(const struct batch *batch, const struct config *config, bool longer,
                 struct err *err)
{
    for (size_t i = 0; i < batch->rows; i++)
        if (!check_id(batch->ids[i], config, err)) return false;
    for (size_t i = 0; i < batch->scored_count; i++)
        if (!check_id(batch->scored[i].id, config, err)) return false;
    return batch->longest <= config_longest(config, longer) ||
           err_set(err, "a text has %zu tokens, and the model was made for %" PRIu32 "%s",
                   batch->longest, config->positions, config_longest_why(config));
}

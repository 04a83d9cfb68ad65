/* What goes through the model at once: texts, or trees of texts that begin alike, one after the
 * other without padding, and what is to be scored of them.
 *
 *     prompt = batch_text(&batch, BATCH_START, ids, count);
 *     batch_answer(&batch, prompt, chosen, chosen_count, 0);
 *     batch_answer(&batch, prompt, rejected, rejected_count, 0);
 *
 * Scores stand in the order of the calls. */
#ifndef DECODER_BATCH_H
#define DECODER_BATCH_H

#include "attention/layout.h"
#include "core/err.h"
#include "model/config.h"

#define BATCH_START SEGMENT_ROOT

struct scored {
    size_t row; /* whose logits say how likely the id is */
    uint32_t id;
};

struct batch {
    struct segment *segments;
    size_t segment_count, segment_room;
    uint32_t *ids;     /* of each row */
    size_t *positions; /* likewise */
    size_t rows, row_room;
    struct scored *scored;
    size_t scored_count, scored_room;
    size_t longest; /* positions of the longest text, the last scored id counted */
};

void batch_clear(struct batch *batch); /* keeps the storage */
void batch_release(struct batch *batch);

/* A run of ids that goes on after a segment, or begins a text. Returns what can be gone on from:
 * the parent itself when there are no ids. */
size_t batch_text(struct batch *batch, size_t parent, const uint32_t *ids, size_t count);

/* The same, where the ids from number unscored on are scored, and nothing goes on from the last
 * one, which is no row then. The first id of a text has no score. Returns how many are scored. */
size_t batch_answer(struct batch *batch, size_t parent, const uint32_t *ids, size_t count,
                    size_t unscored);

struct layout batch_layout(const struct batch *batch);

/* Are all ids in the vocabulary, and no text longer than the model was made for (unless longer)? */
bool batch_check(const struct batch *batch, const struct config *config, bool longer,
                 struct err *err);

#endif

/* What TensorBoard shows of a run: a file of events in the run directory,
 * events.out.tfevents.SECONDS.HOST.PROCESS.0.
 *
 * The file is a row of TFRecords: the length in 8 bytes, its checksum in 4, the event, the event's
 * checksum in 4; all little-endian, checksums masked CRC-32C. An event is a protobuf message with
 * the time, the step, and what there is to say. Every entry is one event. TensorBoard reads the
 * files of a folder in the order of their names; a new file's name comes after those that are
 * there, whatever the clock says. */
#ifndef RUN_EVENTS_H
#define RUN_EVENTS_H

#include "core/memory.h"
#include "run/figures.h"
#include "run/journal.h"

struct events {
    struct journal file;
    struct buffer event, record;
};

/* Makes a new file in the folder, for what happens from that step on: 0 where a run begins, and 41
 * where it goes on from its checkpoint at step 40. events_close is fine after a failure, too. */
bool events_open(struct events *events, const char *folder, uint64_t first_step, struct err *err);

/* Says that the run goes back, and begins anew with that step: TensorBoard forgets what it heard of
 * it and of later ones. Each file begins with this, too: of a first one TensorBoard takes no
 * heed. */
bool events_restart(struct events *events, uint64_t step, struct err *err);

/* Adds the numbers of an entry at its 'step' (0 where it has none), under transformers' names:
 * 'eval_x' becomes 'eval/x', 'test_x' 'test/x', and any other x 'train/x'. Numbers are rounded to
 * float; NaN and infinity stay what they are. Texts and the step itself are left out. */
bool events_add(struct events *events, const struct figures *entry, struct err *err);

/* Adds a text, in Markdown, for TensorBoard's page of texts. */
bool events_text(struct events *events, const char *name, const char *text, uint64_t step,
                 struct err *err);

void events_close(struct events *events);

#endif

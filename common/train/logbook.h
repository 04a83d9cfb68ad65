/* What a run writes down while it goes: metrics.jsonl and the event files of TensorBoard. Nothing
 * in the former depends on the time or on the machine's speed. See dpo-run(5). */
#ifndef TRAIN_LOGBOOK_H
#define TRAIN_LOGBOOK_H

#include "learn/evaluator.h"
#include "learn/samples.h"
#include "run/events.h"
#include "run/figures.h"
#include "run/metrics_log.h"
#include "train/memory.h"
#include "train/settings.h"

struct logbook {
    const struct train_settings *settings; /* borrowed */
    struct metrics_log log;
    struct events events;
    bool tensorboard;
    struct figures entry; /* the last one */
};

/* Goes on behind the first length bytes of metrics.jsonl, and after that step; 0 and 0 for a new
 * run. */
bool logbook_open(struct logbook *logbook, const char *run, uint64_t length, uint64_t step,
                  bool tensorboard, struct err *err);

/* The lines. Each is left in logbook->entry. */
bool logbook_update(struct logbook *logbook, const struct train_memory *memory, double epoch,
                    double rate, double norm, struct err *err);
bool logbook_evaluation(struct logbook *logbook, const struct train_memory *memory, double epoch,
                        const struct evaluated *evaluated, struct err *err);
bool logbook_event(struct logbook *logbook, const struct train_memory *memory, double epoch,
                   const char *event, const struct figures *numbers, struct err *err);
bool logbook_sample(struct logbook *logbook, const struct train_memory *memory, double epoch,
                    size_t number, const struct sample *sample, struct err *err);
bool logbook_end(struct logbook *logbook, const struct train_memory *memory, double epoch,
                 struct err *err);

bool logbook_sync(struct logbook *logbook, struct err *err);
void logbook_close(struct logbook *logbook);

#endif

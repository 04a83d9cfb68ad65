/* The loop: updates, and after them what is due, in this order: a line in the log, an evaluation
 * and what follows from it, a checkpoint.
 *
 * A run can be stopped between any two updates, or killed at any instant: what goes on from the
 * last checkpoint takes the same steps, and writes the same bytes, as if nothing had been. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "learn/samples.h"
#include "learn/update.h"
#include "train/checkpoint.h"
#include "train/logbook.h"

enum train_end {
    TRAIN_GOES_ON,
    TRAIN_DONE,
    TRAIN_STOPPED, /* from outside, with a checkpoint written */
    TRAIN_EARLY,   /* no evaluation was better for so long */
    TRAIN_LIMIT    /* the KL limit was passed, and nothing was left to do about it */
};

/* How far it is, for whoever shows that. */
struct train_progress {
    uint64_t step, total;
    double epoch, loss, rate, norm;
    double margin, accuracy; /* of the update's pairs; NAN in SFT */
    double kl;               /* of the last evaluation, or NAN */
    uint64_t tokens;         /* of this update */
};

enum train_word { TRAIN_NOTE, TRAIN_WARNING };

/* Whoever runs it is told what happens. */
struct train_talk {
    void *context;
    void (*updated)(void *context, const struct train_progress *progress);
    void (*logged)(void *context, const struct figures *entry); /* a line of metrics.jsonl */
    void (*say)(void *context, enum train_word word, const char *text);
    bool (*stop)(void *context); /* is it to stop after this update? */
};

struct trainer {
    /* Set before; borrowed. */
    const struct train_settings *settings;
    const char *run;             /* its folder */
    const json_t *options;       /* by name, and ... */
    const json_t *inputs;        /* ... hashes, by what they are of: see trainer_check */
    const char *kernel;          /* what computes: with another one the last bits may differ */
    struct schedule schedule;    /* complete */
    double start;                /* the loss where policy and reference are one, or NAN */
    struct updater *updater;     /* ready */
    struct evaluator *evaluator; /* ready, or NULL */
    struct samples *samples;     /* or NULL */
    struct train_talk talk;
    bool tensorboard;
    struct checkpoint checkpoint; /* all but what writes the state */
    bool (*write_model)(const void *context, const char *folder, struct err *err);
    const void *model;

    struct train_memory memory;
    struct logbook logbook;
    double norm, rate; /* of the last update */
    bool stopped;      /* from outside */
    bool begun;        /* the logbook is open */
    bool was_over;     /* before it went on, ... */
    bool settled;     /* ... and RUN/resume.json says how it ended: nothing is left to be written */
    uint64_t log_end; /* the length of the log without its last line */
};

/* RUN/resume.json is written when all is done: what a checkpoint's holds, and 'result', is there
 * one? With it a run is over, whatever became of its checkpoints; but where a result was to be, its
 * dpo_metadata.json, which comes last, must be there, too. */
bool trainer_write_end(const struct trainer *trainer, bool result, struct err *err);

/* Was the run, if it is over, or else its newest checkpoint, if there is one, made with these
 * options and inputs? A result of which nothing tells that is refused, for it would be written
 * over. */
bool trainer_check(const char *run, const json_t *options, const json_t *inputs, struct err *err);

/* Sets up the memory and opens the logbook. With resume it goes on from the newest checkpoint of
 * the run, if there is one. */
bool trainer_begin(struct trainer *trainer, bool resume, struct err *err);

bool trainer_run(struct trainer *trainer, enum train_end *end, struct err *err);
void trainer_close(struct trainer *trainer);

/* The state as transformers writes it, into a folder. */
bool trainer_write_state(const struct trainer *trainer, const char *folder, struct err *err);

double trainer_epoch(const struct trainer *trainer);

#endif

/* The parts of the loop that stand in files of their own. */
#ifndef TRAIN_TRAINER_PARTS_H
#define TRAIN_TRAINER_PARTS_H

#include "train/trainer.h"

/* What an evaluation leads to. */
struct assessment {
    bool measured;    /* there was one */
    bool keep;        /* a checkpoint of this step is needed later */
    bool rolled_back; /* the run stands at an earlier step now */
    enum train_end end;
};

bool trainer_assess(struct trainer *trainer, struct assessment *assessment, struct err *err);

/* Writes the checkpoint of this step; kl: of its evaluation, or NAN. */
bool trainer_save(struct trainer *trainer, double kl, struct err *err);

/* Goes on from a checkpoint: all of it, or but for what a rollback leaves. */
bool trainer_load(struct trainer *trainer, uint64_t step, bool rollback, uint64_t *log_length,
                  struct err *err);

/* The number of the newest checkpoint of a run; 0: there is none. */
bool trainer_newest(const char *run, uint64_t *step, struct err *err);

/* What RUN/resume.json of a run that is over holds, for the caller to release: 1, 0 or -1. */
int trainer_end(const char *run, json_t **end, struct err *err);

void trainer_warn(struct trainer *trainer, const struct warnings *warnings);

#endif

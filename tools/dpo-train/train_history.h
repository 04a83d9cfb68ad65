/* What the ledger says of a training run. */
#ifndef TOOLS_TRAIN_HISTORY_H
#define TOOLS_TRAIN_HISTORY_H

#include "train/session.h"

void train_history_begin(struct session *session, const char *path);

/* Keeps the numbers of an entry, for a run that fails: the last of each stand there. */
void train_history_note(const struct figures *entry);

/* When the run is over or stopped: keeps the numbers of its whole log, those of evaluations as they
 * were for the state that is the result. */
void train_history_end(const struct session *session);

#endif

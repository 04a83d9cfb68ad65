/* What the ledger says of a training run. */
#ifndef TOOLS_TRAIN_HISTORY_H
#define TOOLS_TRAIN_HISTORY_H

#include "train/session.h"

void train_history_begin(struct session *session, const char *path);

/* Keeps the numbers of an entry: the last of each stand there. */
void train_history_note(const struct figures *entry);

#endif

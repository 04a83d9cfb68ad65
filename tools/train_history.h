/* The row of a run in the database of --history. */
#ifndef TOOLS_TRAIN_HISTORY_H
#define TOOLS_TRAIN_HISTORY_H

#include "train/session.h"

/* A run that ends by exit is written down as failed. */
void train_history_begin(struct session *session, const char *path);

/* Keeps what is to stand there: the last of each number. */
void train_history_note(const struct figures *entry);

/* With the status that the program will end with. Nothing without a begin. */
void train_history_end(int status);

#endif

/* The row of this process in the database of --history. A run does its work without one, too: what
 * keeps it from being written is a warning. */
#ifndef TOOLS_LEDGER_H
#define TOOLS_LEDGER_H

#include "run/history.h"

/* A run that ends by exit from here on is written down as failed. The texts must stay where they
 * are until ledger_end. */
void ledger_begin(const char *path, const struct history_run *run);

/* Keeps a number that is to stand there: the last one of each name. Nothing without a begin. */
void ledger_figure(const char *name, double value);

/* With the status that the program will end with. Nothing without a begin. */
void ledger_end(int status);

#endif

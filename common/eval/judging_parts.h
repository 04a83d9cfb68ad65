/* What a command says of the answers. */
#ifndef EVAL_JUDGING_PARTS_H
#define EVAL_JUDGING_PARTS_H

#include "eval/judging.h"

/* Does the command judge anything, and how many answers of each record: all draws, or else its
 * own answer alone? */
bool judging_commands(const struct judging *judging);
size_t judging_verdicts_each(const struct judging *judging);

/* Asks the command about the answers of a round. NULL with err, or the verdicts from 0 to 1, so
 * many of each record; the caller frees them with mem_free. */
double *judging_ask(const struct judging *judging, enum round round, struct err *err);

#endif

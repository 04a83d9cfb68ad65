/* What the ledger says of an evaluation. */
#ifndef TOOLS_EVAL_HISTORY_H
#define TOOLS_EVAL_HISTORY_H

#include "options/options.h"
#include "run/figures.h"

/* All texts must stay where they are until the end; NULL: there is none. */
struct eval_run {
    const char *results; /* the file that is written */
    const char *model, *model_hash, *data_hash, *adapter;
    const struct option_spec *options; /* the tool's table: their values are kept */
};

void eval_history_begin(const char *path, const struct eval_run *run);

/* With the status that the program will end with. Nothing without a begin. */
void eval_history_end(int status, const struct figures *metrics);

#endif

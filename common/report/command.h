/* The command that does a run again, for any POSIX shell. */
#ifndef REPORT_COMMAND_H
#define REPORT_COMMAND_H

#include "report/run_folder.h"

/* False when the options are not known. Nothing in it is unseen but newlines within quotes. */
bool command_of_run(const struct run_folder *run, struct buffer *out);

/* Does the run know the files that it was trained on? */
bool command_names_data(const struct run_folder *run);

/* What stands in a command in place of what only its reader knows; data: the training data, too. */
void command_explain(struct buffer *out, bool data);

#endif

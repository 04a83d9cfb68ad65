/* The folder of a run: one trainer at a time, and never two runs in one. */
#ifndef TRAIN_RUN_DIR_H
#define TRAIN_RUN_DIR_H

#include "core/err.h"

/* Is it the folder of a model or an adapter? name is what the user calls that (place/locate). */
bool run_dir_is_of(const char *path, const char *name);

/* Makes the folder where there is none, takes PATH/.lock until the program ends, and removes what a
 * killed run left. 1: it is ours; without resume it holds no run then, and in no case weights that
 * no run left. 0: another trainer holds the lock, and err says so; -1 with err. */
int run_dir_open(const char *path, bool resume, struct err *err);

#endif

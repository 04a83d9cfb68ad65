/* May a folder that is there be replaced? */
#ifndef FOLD_OLD_FOLDER_H
#define FOLD_OLD_FOLDER_H

#include "core/err.h"

/* It may where there is none, and where each file in it is one of a model's: not that of the base,
 * and none that holds anything else, which would be lost. */
bool old_folder_check(const char *path, const char *base, struct err *err);

#endif

/* Does a file hold what its adapter_config.json promises for this model, and in the right
 * shapes? */
#ifndef FOLD_PATCHES_CHECK_H
#define FOLD_PATCHES_CHECK_H

#include "adapter/targets.h"
#include "fold/patches.h"

/* The arguments of '%.*s' that show no more of a name than fits a line. */
#define PATCHES_SHOWN(name) (int)((name).len < 160 ? (name).len : 160), (name).at

/* All tensors have their places; targets are of targets_find_all. Sets the scales. */
bool patches_check(struct patches *patches, const struct config *config,
                   const struct target *targets, struct err *err);

#endif

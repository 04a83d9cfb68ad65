/* --rollback. */
#ifndef TOOLS_DEPLOY_BACK_H
#define TOOLS_DEPLOY_BACK_H

#include "deploy/rollout.h"

/* Wrong usage ends the program: what is said of a model that is made. */
void deploy_back_check(const char *file);

/* Ends the program where it fails. history may be NULL; its row is ended by the caller. A dry run
 * says what would be done, and asks no server. */
void deploy_back(struct rollout *rollout, const char *history, bool dry_run);

#endif

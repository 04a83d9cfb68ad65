/* What the ledger says of a deployment. */
#ifndef TOOLS_DEPLOY_HISTORY_H
#define TOOLS_DEPLOY_HISTORY_H

#include "deploy/rollout.h"
#include "deploy/smoke.h"

#include <stdint.h>

/* file and its digest may be NULL. */
void deploy_history_begin(const char *path, const struct rollout *rollout, const char *file,
                          const char *sha256);

/* With the status that the program will end with. Nothing without a begin. */
void deploy_history_end(int status, uint64_t bytes, const struct smoke *smoke);

#endif

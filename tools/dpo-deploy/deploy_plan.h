/* What --dry-run says. No server is asked. */
#ifndef TOOLS_DEPLOY_PLAN_H
#define TOOLS_DEPLOY_PLAN_H

#include "deploy/recipe.h"
#include "deploy/rollout.h"

/* question may be NULL. */
void deploy_plan_say(const struct rollout *rollout, const struct recipe *recipe,
                     const char *question);

#endif

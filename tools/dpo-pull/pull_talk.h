/* What dpo-pull says. */
#ifndef TOOLS_PULL_TALK_H
#define TOOLS_PULL_TALK_H

#include "core/outfile.h"
#include "pull/pull.h"

void pull_talk_progress(void *context, uint64_t done, uint64_t total);
void pull_talk_summary(const struct pull *pull);

/* A line for each file: its size in bytes, a tab, its name. */
bool pull_talk_list(const struct listing *listing, struct outfile *out, struct err *err);

#endif

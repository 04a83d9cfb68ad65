/* What dpo-filter says when it is done. */
#ifndef TOOLS_FILTER_TALK_H
#define TOOLS_FILTER_TALK_H

#include "filter/filter.h"

void filter_talk(struct filter *filter);

/* Its last part, in filter_summary.c: what the pairs are made of. Sorts the labels. */
void filter_talk_summary(struct summary *summary);

/* A name as a C string, in out: a NUL byte in it is spelled. */
const char *name_shown(struct buffer *out, const char *name, size_t len);

#endif

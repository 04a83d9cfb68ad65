/* What dpo-filter says when it is done. */
#ifndef TOOLS_FILTER_TALK_H
#define TOOLS_FILTER_TALK_H

#include "filter/filter.h"

void filter_talk(struct filter *filter);

#endif

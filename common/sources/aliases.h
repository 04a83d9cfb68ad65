/* Under which names public data sets keep the fields of a pair. */
#ifndef SOURCES_ALIASES_H
#define SOURCES_ALIASES_H

#include "records/pairs.h"

/* The field that other people call the member, or FIELD_UNKNOWN. */
enum field alias_named(const struct member *member);

#endif

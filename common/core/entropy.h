/* Random bytes from the system, for keys that nobody may guess. */
#ifndef CORE_ENTROPY_H
#define CORE_ENTROPY_H

#include <stddef.h>

void entropy_fill(void *at, size_t len); /* at most 256 bytes; dies when the system has none */

#endif

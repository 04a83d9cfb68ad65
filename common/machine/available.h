/* How much memory this process may still take: what the machine can give without swapping, and what
 * the control groups that the process is in (of a container, of a batch system) leave of theirs. */
#ifndef MACHINE_AVAILABLE_H
#define MACHINE_AVAILABLE_H

#include <stddef.h>

/* In bytes; SIZE_MAX where nothing tells. root stands before /proc and /sys: "" but in tests. The
 * page cache of a group counts as free, since it gives way. */
size_t available_memory(const char *root);

#endif

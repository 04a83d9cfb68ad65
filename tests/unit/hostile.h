/* Answers that servers give when something is wrong with them, or with whoever runs them. Each path
 * is one: see the table in hostile.c. */
#ifndef TESTS_UNIT_HOSTILE_H
#define TESTS_UNIT_HOSTILE_H

#include "unit/server.h"

#include <stdatomic.h>

#define HOSTILE_TEXT "all of what was promised\n"

/* The context of a server with these routes begins with it. */
struct hostile {
    atomic_int calls; /* of the paths that change from call to call */
};

extern const struct route hostile_routes[];

#endif

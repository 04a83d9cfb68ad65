/* Runs the same with one, two and three threads: results must agree bit for bit. */
#ifndef UNIT_TEAMS_H
#define UNIT_TEAMS_H

#include "machine/team.h"

#include <stdbool.h>

/* run writes all its results to out, of that many bytes, which is cleared before. */
bool teams_agree(void (*run)(struct team *team, void *out), size_t bytes);

#endif

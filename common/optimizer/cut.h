/* How arrays of parameters are cut for a team: into pieces of fixed size, each of which stays in a
 * core's own cache. */
#ifndef OPTIMIZER_CUT_H
#define OPTIMIZER_CUT_H

#include <stddef.h>

enum { CUT = 1 << 15 }; /* floats */

static inline size_t cuts(size_t size)
{
    return (size + CUT - 1) / CUT;
}

/* Of the floats from a piece's first one on, those that are its own. */
static inline size_t cut_length(size_t piece, size_t size)
{
    const size_t left = size - piece * CUT;

    return left < CUT ? left : CUT;
}

#endif

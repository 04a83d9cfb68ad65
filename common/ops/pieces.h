/* How ops cut their work for a team: into pieces of fixed size, so that what is summed together
 * does not depend on the number of threads. */
#ifndef OPS_PIECES_H
#define OPS_PIECES_H

#include "machine/team.h"

enum { PIECE_ROWS = 16, PIECE_COLUMNS = 256 };

struct piece {
    size_t first, end;
};

static inline struct piece piece_of(size_t number, size_t size, size_t count)
{
    const size_t first = number * size;

    return (struct piece){first, count - first < size ? count : first + size};
}

static inline size_t pieces(size_t size, size_t count)
{
    return (count + size - 1) / size;
}

#endif

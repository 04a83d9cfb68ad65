/* How the rows of a batch belong together: sequences, or trees of them, one after the other without
 * padding.
 *
 * A segment is a run of rows. A row sees the rows of its own segment up to itself and all rows of
 * the segments that its own one continues: its parent, the parent's parent, and so on. Positions go
 * on where the parent ends, so branches of one parent start at the same one. */
#ifndef ATTENTION_LAYOUT_H
#define ATTENTION_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_ROOT SIZE_MAX

struct segment {
    size_t first, count; /* rows; count is not 0 */
    size_t position;     /* of the first one in its text */
    size_t parent;       /* a segment before this one, or SEGMENT_ROOT */
};

struct layout {
    const struct segment *segments; /* together all rows, in order */
    size_t count;
    size_t rows;
    size_t known; /* so many first rows, of the first segment, are only seen: forward alone */
};

/* The segments that this one continues and itself, from the root on; path has room for all
 * segments. Returns how many. */
size_t layout_path(const struct layout *layout, size_t segment, size_t *path);

/* Is ancestor the segment itself or one that it continues? */
bool layout_continues(const struct layout *layout, size_t segment, size_t ancestor);

/* Some rows of one segment. */
struct tile {
    size_t segment;
    size_t first, count; /* rows */
    size_t position;     /* of the first */
};

struct tile tile_of_segment(const struct layout *layout, size_t segment);

/* Up to count rows of it, from the one at this offset on. */
struct tile tile_part(const struct tile *tile, size_t offset, size_t count);

/* From where to where, below to, in a run of rows. */
struct span {
    size_t from, to; /* from <= to */
};

/* Which of count keys from position key on does a query at this position see? With a window, only
 * those of the last so many positions up to its own; 0 is none. All are of the query's path. */
struct span span_of_keys(size_t window, size_t query, size_t key, size_t count);

/* Which of count queries from position query on see the key at this position? */
struct span span_of_queries(size_t window, size_t key, size_t query, size_t count);

#endif

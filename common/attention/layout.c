#include "attention/layout.h"

size_t layout_path(const struct layout *layout, size_t segment, size_t *path)
{
    size_t depth = 0, i;

    for (i = segment; i != SEGMENT_ROOT; i = layout->segments[i].parent) depth++;
    i = depth;
    for (; segment != SEGMENT_ROOT; segment = layout->segments[segment].parent) path[--i] = segment;
    return depth;
}

bool layout_continues(const struct layout *layout, size_t segment, size_t ancestor)
{
    while (segment != SEGMENT_ROOT && segment > ancestor)
        segment = layout->segments[segment].parent;
    return segment == ancestor;
}

struct span span_of_keys(size_t window, size_t query, size_t key, size_t count)
{
    struct span span = {.to = query < key ? 0 : query - key + 1};

    if (window && span.to > window) span.from = span.to - window;
    if (span.to > count) span.to = count;
    if (span.from > span.to) span.from = span.to;
    return span;
}

struct span span_of_queries(size_t window, size_t key, size_t query, size_t count)
{
    struct span span = {.from = key > query ? key - query : 0, .to = count};
    const size_t past = query > key ? query - key : 0, left = window > past ? window - past : 0;

    if (span.from > count) span.from = count;
    if (window && left < count - span.from) span.to = span.from + left;
    return span;
}

struct tile tile_part(const struct tile *tile, size_t offset, size_t count)
{
    struct tile part = *tile;

    part.first += offset;
    part.position += offset;
    part.count = tile->count - offset < count ? tile->count - offset : count;
    return part;
}

struct tile tile_of_segment(const struct layout *layout, size_t segment)
{
    const struct segment *from = &layout->segments[segment];

    return (struct tile){segment, from->first, from->count, from->position};
}

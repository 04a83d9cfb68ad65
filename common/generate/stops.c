#include "generate/stops.h"

#include <string.h>

void stops_init(struct stops *stops, const struct text *texts, size_t count)
{
    *stops = (struct stops){.texts = texts, .count = count};
}

/* The length of the longest stop text at the end of what is held, or 0. */
static size_t stop_at_end(const struct stops *stops)
{
    const struct buffer *held = &stops->held;
    size_t longest = 0;

    for (size_t i = 0; i < stops->count; i++) {
        const struct text *text = &stops->texts[i];

        if (text->len > longest && text->len <= held->len &&
            memcmp(held->at + held->len - text->len, text->at, text->len) == 0)
            longest = text->len;
    }
    return longest;
}

static bool may_begin(const struct stops *stops, const char *at, size_t len)
{
    for (size_t i = 0; i < stops->count; i++)
        if (len < stops->texts[i].len && memcmp(stops->texts[i].at, at, len) == 0) return true;
    return false;
}

/* Moves to out what begins no stop text. */
static void let_go(struct stops *stops, struct buffer *out)
{
    struct buffer *held = &stops->held;
    size_t gone = 0;

    while (gone < held->len && !may_begin(stops, held->at + gone, held->len - gone)) gone++;
    buffer_add(out, held->at, gone);
    held->len -= gone;
    memmove(held->at, held->at + gone, held->len);
}

bool stops_feed(struct stops *stops, struct text piece, struct buffer *out)
{
    for (size_t i = 0; i < piece.len && !stops->found; i++) {
        size_t stop;

        buffer_byte(&stops->held, piece.at[i]);
        stop = stop_at_end(stops);
        stops->found = stop > 0;
        if (stops->found)
            buffer_add(out, stops->held.at, stops->held.len - stop);
        else
            let_go(stops, out);
    }
    return stops->found;
}

void stops_end(struct stops *stops, struct buffer *out)
{
    if (!stops->found) buffer_add(out, stops->held.at, stops->held.len);
    stops->held.len = 0;
}

void stops_release(struct stops *stops)
{
    buffer_release(&stops->held);
}

/* Finding where runs of plain text in strings stop. 64 bytes are judged at once, and what is known
 * of them serves all the short strings that lie among them. */
#ifndef RECORDS_SCAN_WINDOW_H
#define RECORDS_SCAN_WINDOW_H

#include "records/scan_stops.h"

struct window {
    const char *at, *end; /* the end of all text */
    uint64_t stops;       /* of the WINDOW bytes from at; those beyond the end stop, too */
};

static inline void window_move(struct window *window, const char *at)
{
    size_t left = (size_t)(window->end - at);
    char last[WINDOW] = {0};

    window->at = at;
    if (left < WINDOW) {
        memcpy(last, at, left);
        at = last;
    }
    window->stops = window_stops(at);
}

static inline struct window window_open(const char *at, const char *end)
{
    struct window window = {.end = end};

    window_move(&window, at);
    return window;
}

/* The first stop at or behind p, which never goes back; at the latest the end. */
static inline const char *window_find(struct window *window, const char *p)
{
    size_t into = (size_t)(p - window->at);
    uint64_t stops = into < WINDOW ? window->stops >> into : 0;

    if (!stops && into < WINDOW) p = window->at + WINDOW;
    while (!stops) {
        window_move(window, p);
        stops = window->stops;
        if (!stops) p += WINDOW;
    }
    return p + __builtin_ctzll(stops);
}

/* How far a run of plain text goes on: to its first stop, or to the end. */
static inline const char *window_run(const char *at, const char *end)
{
    struct window window = window_open(at, end);

    return window_find(&window, at);
}

/* The same for who does not care what UTF-8 is made of. */
static inline const char *text_run(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at >= 0x80) at++;
    return window_run(at, end);
}

#endif

/* What running a template uses up: memory, steps and text, each with a bound that names itself.
 *
 * A template is a program from a stranger. Everything that one rendering makes lies in an arena
 * that is thrown away at its end; every operation pays for what it does; and the text being made
 * grows in one buffer, used as a stack: what a filter writes above the output is taken off it
 * again as a value. The first failure ends the rendering: it stands in work->err. */
#ifndef JINJA_WORK_H
#define JINJA_WORK_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>
#include <time.h>

#define WORK_MEMORY ((size_t)256 << 20)
#define WORK_STEPS ((uint64_t)10000000)
#define WORK_TEXT ((size_t)64 << 20)
#define WORK_DEPTH 100 /* of lists in lists */

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    char *next;
    size_t left, taken;
};

/* Not cleared, aligned for anything; NULL when the arena would pass WORK_MEMORY. */
void *arena_take(struct arena *arena, size_t size);
void arena_release(struct arena *arena);

struct work {
    struct arena arena;
    struct buffer *out;
    size_t base;          /* what stood in out before */
    uint64_t steps;       /* spent so far */
    const struct tm *now; /* for strftime_now; NULL: there is no such function */
    struct err *err;
};

/* Memory of the rendering, or NULL with err. */
void *work_take(struct work *work, size_t size);

/* One step and one more for every 64 of amount (bytes looked at, items copied). */
bool work_spend(struct work *work, size_t amount);

/* Adds to the text being made. */
bool work_add(struct work *work, const char *at, size_t len);
bool work_add_text(struct work *work, const char *text);

/* Takes the text above mark off the stack, as a copy in the arena. */
bool work_pop(struct work *work, size_t mark, struct text *text);

#endif

/* What one entry of a log says: values by name, in the order in which they were first given.
 *
 *     struct figures entry = {0};
 *     figures_number(&entry, "loss", 0.6931);
 *     figures_whole(&entry, "step", 10);
 *
 * Names are TRL's; dpo-run(5) lists them. */
#ifndef RUN_FIGURES_H
#define RUN_FIGURES_H

#include "core/memory.h"

#include <stdint.h>

enum figure_kind { FIGURE_NUMBER, FIGURE_WHOLE, FIGURE_TEXT };

struct figure {
    char *name;
    enum figure_kind kind;
    double number; /* of FIGURE_WHOLE, too, as near as a double can be */
    uint64_t whole;
    char *text; /* UTF-8; NULL unless it is FIGURE_TEXT */
};

/* All zero is an empty entry. It owns copies of the names and texts. */
struct figures {
    struct figure *items;
    size_t count, room;
};

/* A name that was given before gets the new value in its old place. */
void figures_number(struct figures *figures, const char *name, double number);
void figures_whole(struct figures *figures, const char *name, uint64_t whole);
void figures_text(struct figures *figures, const char *name, const char *text);

const struct figure *figures_find(const struct figures *figures, const char *name); /* or NULL */

/* Appends one JSON object. */
void figures_write(const struct figures *figures, struct buffer *out);

/* Appends a number as Python writes floats: as short as it can be and be read back as it is, and
 * never as an integer ('1.0'). One that is not finite becomes null: transformers writes a bare NaN
 * there, which no JSON parser need accept. */
void figure_number_write(struct buffer *out, double number);

void figures_clear(struct figures *figures);   /* empty, for the next entry */
void figures_release(struct figures *figures); /* empty, and without memory */

#endif

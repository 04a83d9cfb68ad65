/* Texts on a terminal: made harmless, measured, and set in two columns. */
#ifndef CHAT_SCREEN_H
#define CHAT_SCREEN_H

#include "core/memory.h"

/* Appends text with what would steer a terminal shown as \xNN; newlines and tabs stay, and so do
 * the marks of right-to-left texts. Text is valid UTF-8. */
void screen_clean(struct buffer *out, struct text text);

/* The columns that valid UTF-8 takes: wide characters two, combining marks none. */
size_t screen_width(struct text text);

/* Appends two texts beside each other, each in so many columns, a line of both at a time; title
 * lines stand above. Lines break at spaces where there are some. */
void screen_columns(struct buffer *out, const struct text titles[2], const struct text texts[2],
                    size_t columns);

#endif

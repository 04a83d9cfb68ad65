#include "chat/screen.h"

#include "records/value.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#define TAB 4
#define LEAST 8 /* columns of a text: there is always room for a wide character */

static const char between[] = " \xe2\x94\x82 "; /* U+2502 */
#define BETWEEN 3

/* C0 but newline and tab, DEL, and C1, which some terminals obey. */
static bool steers(uint32_t code)
{
    return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f);
}

void screen_clean(struct buffer *out, struct text text)
{
    const char *at = text.at, *end = at + text.len;

    while (at < end) {
        const char *begin = at;
        const uint32_t code = utf8_next(&at);

        if (steers(code))
            buffer_format(out, "\\x%02x", (unsigned)code);
        else
            buffer_add(out, begin, (size_t)(at - begin));
    }
}

static size_t width_of(uint32_t code)
{
    const int width = code == '\t' ? TAB : wcwidth((wchar_t)code);

    return width < 0 ? code >= 0x80 : (size_t)width;
}

size_t screen_width(struct text text)
{
    const char *at = text.at, *end = at + text.len;
    size_t width = 0;

    while (at < end) width += width_of(utf8_next(&at));
    return width;
}

/* Takes a line of at most so many columns off the text. */
static struct text take_line(struct text *text, size_t columns)
{
    const char *at = text->at, *end = at + text->len, *space = NULL;
    struct text line = {at, 0};
    size_t width = 0;

    while (at < end && *at != '\n') {
        const char *begin = at;

        width += width_of(utf8_next(&at));
        if (width > columns) {
            at = space && *begin != ' ' ? space : begin;
            break;
        }
        if (*begin == ' ') space = at;
    }
    line.len = (size_t)(at - line.at);
    if (at < end && (*at == '\n' || *at == ' ')) at++;
    *text = (struct text){at, (size_t)(end - at)};
    while (line.len && line.at[line.len - 1] == ' ') line.len--;
    return line;
}

static void add_line(struct buffer *out, struct text line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] == '\t')
            buffer_format(out, "%*s", TAB, "");
        else
            buffer_byte(out, line.at[i]);
}

static void add_row(struct buffer *out, const struct text lines[2], size_t width)
{
    const size_t used = screen_width(lines[0]);

    add_line(out, lines[0]);
    if (used < width) buffer_format(out, "%*s", (int)(width - used), "");
    buffer_text(out, between);
    add_line(out, lines[1]);
    buffer_byte(out, '\n');
}

void screen_columns(struct buffer *out, const struct text titles[2], const struct text texts[2],
                    size_t columns)
{
    const size_t room = columns > BETWEEN ? (columns - BETWEEN) / 2 : 0;
    const size_t width = room < LEAST ? LEAST : room;
    struct text rest[2] = {texts[0], texts[1]};

    add_row(out, titles, width);
    while (rest[0].len || rest[1].len) {
        const struct text lines[2] = {take_line(&rest[0], width), take_line(&rest[1], width)};

        add_row(out, lines, width);
    }
}

#include "page/html.h"

#include "page/style.h"
#include "unicode/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n<title>";

void html_begin(struct buffer *page, struct text title, const char *css)
{
    buffer_text(page, head);
    html_text(page, title);
    buffer_text(page, "</title>\n<style>\n");
    for (size_t i = 0; style_css[i]; i++) buffer_text(page, style_css[i]);
    if (css) buffer_text(page, css);
    buffer_text(page, "</style>\n</head>\n<body>\n");
}

void html_end(struct buffer *page, const char *script)
{
    if (script) buffer_format(page, "<script>\n%s</script>\n", script);
    buffer_text(page, "</body>\n</html>\n");
}

static const char *entity(char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

static bool is_control(unsigned char byte)
{
    return (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f;
}

/* Valid UTF-8. A carriage return is the end of a line, alone or before a line feed; the controls
 * from U+0080 on are two bytes that begin with 0xc2. */
static void add_escaped(struct buffer *page, const char *at, const char *end)
{
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)*at;
        const char *name = entity(*at);

        if (name)
            buffer_text(page, name);
        else if (byte == '\r') {
            if (at + 1 == end || at[1] != '\n') buffer_byte(page, '\n');
        } else if (is_control(byte))
            buffer_text(page, UTF8_REPLACEMENT);
        else if (byte == 0xc2 && (unsigned char)at[1] < 0xa0) {
            buffer_text(page, UTF8_REPLACEMENT);
            at++;
        } else
            buffer_byte(page, *at);
    }
}

void html_text(struct buffer *page, struct text text)
{
    struct buffer repaired = {0};

    utf8_repair(&repaired, text);
    if (repaired.len) add_escaped(page, repaired.at, repaired.at + repaired.len);
    buffer_release(&repaired);
}

void html_attribute(struct buffer *page, const char *name, struct text value)
{
    buffer_format(page, " %s=\"", name);
    html_text(page, value);
    buffer_byte(page, '"');
}

struct text html_cut(struct text text, size_t limit)
{
    size_t len = limit;

    if (text.len <= limit) return text;
    for (size_t back = 0; back < 3 && len > 0; back++, len--)
        if (((unsigned char)text.at[len] & 0xc0) != 0x80) break;
    return (struct text){text.at, len};
}

void html_limited(struct buffer *page, struct text text, size_t limit)
{
    struct text part = limit ? html_cut(text, limit) : text;

    html_text(page, part);
    if (part.len < text.len)
        buffer_format(page,
                      "<span class=\"cut\" dir=\"ltr\">\xe2\x80\xa6 cut: %zu more bytes</span>",
                      text.len - part.len);
}

void html_record(struct buffer *page, const char *class, struct text text, size_t limit)
{
    buffer_format(page, "<div class=\"record%s%s\" dir=\"auto\">", class ? " " : "",
                  class ? class : "");
    html_limited(page, text, limit);
    buffer_text(page, "</div>\n");
}

/* '<' stands in JSON within strings alone, and can be spelled as an escape there. */
void html_json(struct buffer *page, const char *id, struct text json)
{
    struct buffer repaired = {0};

    utf8_repair(&repaired, json);
    buffer_format(page, "<script type=\"application/json\" id=\"%s\">", id);
    for (size_t i = 0; i < repaired.len; i++) {
        if (repaired.at[i] == '<')
            buffer_text(page, "\\u003c");
        else
            buffer_byte(page, repaired.at[i]);
    }
    buffer_text(page, "</script>\n");
    buffer_release(&repaired);
}

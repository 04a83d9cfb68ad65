#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static long hex_four(const char *at, const char *end)
{
    long code = 0;

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0) return -1;
        code = code << 4 | digit;
    }
    return code;
}

size_t escape_length(const char *at, const char *end)
{
    long code, low;

    if (end - at < 2) return 0;
    if (at[1] != 'u') return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
    code = hex_four(at, end);
    if (code < 0 || (code >= 0xdc00 && code < 0xe000)) return 0;
    if (code < 0xd800 || code >= 0xe000) return 6;
    low = hex_four(at + 6, end);
    return low >= 0xdc00 && low < 0xe000 ? 12 : 0;
}

/* The length of one valid sequence of two to four bytes, or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t room)
{
    if (room < 2 || (p[1] & 0xc0) != 0x80) return 0;
    if (p[0] >= 0xc2 && p[0] < 0xe0) return 2;
    if (room < 3 || (p[2] & 0xc0) != 0x80) return 0;
    if (p[0] == 0xe0) return p[1] >= 0xa0 ? 3 : 0;
    if (p[0] == 0xed) return p[1] < 0xa0 ? 3 : 0; /* no surrogates */
    if (p[0] > 0xe0 && p[0] < 0xf0) return 3;
    if (room < 4 || (p[3] & 0xc0) != 0x80) return 0;
    if (p[0] == 0xf0) return p[1] >= 0x90 ? 4 : 0;
    if (p[0] == 0xf4) return p[1] < 0x90 ? 4 : 0;
    return p[0] > 0xf0 && p[0] < 0xf4 ? 4 : 0;
}

size_t utf8_run(const char *at, const char *end)
{
    const char *p = at;

    while (p < end && (unsigned char)*p >= 0x80) {
        size_t len = utf8_sequence((const unsigned char *)p, (size_t)(end - p));

        if (!len) break;
        p += len;
    }
    return (size_t)(p - at);
}

uint32_t utf8_next(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    int more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    uint32_t code = more ? p[0] & (0x3fU >> more) : p[0];

    for (int i = 1; i <= more; i++) code = code << 6 | (p[i] & 0x3fU);
    *at += 1 + more;
    return code;
}

void utf8_add(struct buffer *out, uint32_t code)
{
    char bytes[4];
    int len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (int i = len - 1; i > 0; i--, code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(len == 1 ? code : (0xf00U >> len & 0xff) | code);
    buffer_add(out, bytes, (size_t)len);
}

size_t utf8_count(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

/* One escape, known to be good; returns its length. */
static size_t unescape_one(const char *at, struct buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t code;

    if (at[1] != 'u') {
        buffer_byte(out, to[strchr(from, at[1]) - from]);
        return 2;
    }
    code = (uint32_t)hex_four(at, at + 6);
    if (code < 0xd800 || code >= 0xe000) {
        utf8_add(out, code);
        return 6;
    }
    utf8_add(out,
             0x10000 + ((code - 0xd800) << 10) + ((uint32_t)hex_four(at + 6, at + 12) - 0xdc00));
    return 12;
}

void value_unescape(const struct value *string, struct buffer *out)
{
    const char *p = string->at + 1, *end = string->at + string->len - 1;

    buffer_reserve(out, string->len); /* the meaning is never longer */
    while (p < end) {
        const char *escape = memchr(p, '\\', (size_t)(end - p));

        buffer_add(out, p, (size_t)((escape ? escape : end) - p));
        p = escape ? escape + unescape_one(escape, out) : end;
    }
}

struct text value_text(const struct value *string, struct buffer *scratch)
{
    size_t before = scratch->len;

    if (!string->escaped) return (struct text){string->at + 1, string->len - 2};
    value_unescape(string, scratch);
    return buffer_part(scratch, before, scratch->len);
}

bool value_is(const struct value *string, struct text word)
{
    struct buffer scratch = {0};
    struct text text;
    bool same;

    if (!string->escaped)
        return string->len == word.len + 2 && memcmp(string->at + 1, word.at, word.len) == 0;
    if (string->len < word.len + 2) return false;
    text = value_text(string, &scratch);
    same = text.len == word.len && memcmp(text.at, word.at, word.len) == 0;
    buffer_release(&scratch);
    return same;
}

static void quote_byte(struct buffer *out, unsigned char byte)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = byte ? strchr(from, byte) : NULL;

    if (found)
        buffer_format(out, "\\%c", to[found - from]);
    else
        buffer_format(out, "\\u%04x", byte);
}

void text_quote(struct buffer *out, struct text text)
{
    const char *p = text.len ? text.at : "", *end = p + text.len, *plain = p;

    buffer_byte(out, '"');
    while (p < end) {
        unsigned char byte = (unsigned char)*p;
        size_t len = byte < 0x80 ? 1 : utf8_sequence((const unsigned char *)p, (size_t)(end - p));

        if (len && byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f) {
            p += len;
            continue;
        }
        buffer_add(out, plain, (size_t)(p - plain));
        if (len)
            quote_byte(out, byte);
        else
            buffer_text(out, "\xef\xbf\xbd");
        plain = ++p;
    }
    buffer_add(out, plain, (size_t)(p - plain));
    buffer_byte(out, '"');
}

/* Up to 15 digits and 22 places: both the digits and the power of ten are exact, so one division
 * rounds as strtod would. Nearly every number in a record is of this kind. */
static bool short_number(struct text text, double *number)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = text.len && text.at[0] == '-', point = false;
    uint64_t digits = 0;
    size_t places = 0;

    if (text.len > 16) return false;
    for (size_t i = negative; i < text.len; i++) {
        if (text.at[i] == '.') {
            point = true;
        } else if (text.at[i] >= '0' && text.at[i] <= '9') {
            digits = digits * 10 + (uint64_t)(text.at[i] - '0');
            places += point;
        } else {
            return false;
        }
    }
    if (digits >= 1000000000000000) return false;
    *number = (double)digits / powers[places];
    if (negative) *number = -*number;
    return true;
}

bool value_number(const struct value *value, double *number)
{
    struct text text = {value->at, value->len};
    struct buffer copy = {0};

    if (value->kind != KIND_NUMBER) return false;
    if (short_number(text, number)) return true;
    buffer_add(&copy, value->at, value->len);
    buffer_byte(&copy, '\0');
    *number = strtod(copy.at, NULL);
    buffer_release(&copy);
    return isfinite(*number);
}

/* With as few digits as will do. A power of two has neighbours closer below than above: there the
 * digits next above may do where those nearest, which are below, do not. */
static void show_shortest(char *text, size_t room, double number)
{
    for (int places = 0; places < 17; places++) {
        snprintf(text, room, "%.*e", places, number);
        if (strtod(text, NULL) == number) return;
        snprintf(text, room, "%.*Le", places, number * (1 + 0x1p-54L));
        if (strtod(text, NULL) == number) return;
    }
}

void number_write(struct buffer *out, double number)
{
    char text[40];
    const char *e;
    long exponent;

    if (number == floor(number) && fabs(number) < 1e16) {
        buffer_format(out, "%.0f", number);
        return;
    }
    show_shortest(text, sizeof text, number);
    e = strchr(text, 'e');
    exponent = strtol(e + 1, NULL, 10);
    if (exponent < -4 || exponent >= 16) {
        buffer_text(out, text);
    } else {
        int digits = (int)(e - text) - (text[0] == '-') - (strchr(text, '.') != NULL);

        buffer_format(out, "%.*f", digits - 1 - (int)exponent, number);
    }
}

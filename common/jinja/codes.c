#include "jinja/codes.h"

#include "records/value.h"

#include <string.h>

bool code_is_space(uint32_t code)
{
    if (code < 0x80) return (code >= '\t' && code <= '\r') || (code >= 0x1c && code <= ' ');
    return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Rows of a first and a last code point. */
static bool is_listed(const int32_t *row, uint32_t code)
{
    for (; row[1]; row += 2)
        if (code >= (uint32_t)row[0] && code <= (uint32_t)row[1]) return true;
    return false;
}

bool code_is_printable(uint32_t code)
{
    if (code < 0x80) return code >= ' ' && code < 0x7f;
    return !is_listed(codes_unprintable, code);
}

uint32_t code_at(const char *at, const char *end)
{
    return at < end ? utf8_next(&at) : 0;
}

/* Rows of a first and a last code point, a step and what is added to each step-th one. */
static uint32_t mapped(const int32_t *row, uint32_t code)
{
    int32_t here = (int32_t)code;

    for (; row[1]; row += 4)
        if (here >= row[0] && here <= row[1] && (here - row[0]) % row[2] == 0)
            return (uint32_t)(here + row[3]);
    return code;
}

static uint32_t ascii_case(uint32_t code, enum letter_case letter_case)
{
    if (letter_case == CASE_LOWER) return code >= 'A' && code <= 'Z' ? code + 32 : code;
    return code >= 'a' && code <= 'z' ? code - 32 : code;
}

/* The capital sigma and the dotted I become what their neighbours decide. */
static bool is_odd(uint32_t code, enum letter_case letter_case)
{
    if (letter_case == CASE_LOWER) return code == 0x3a3 || code == 0x130;
    return is_listed(codes_upper_odd, code) ||
           (letter_case == CASE_TITLE && is_listed(codes_title_odd, code));
}

bool work_add_case(struct work *work, struct text text, enum letter_case letter_case)
{
    const char *at = text.at, *end = text.at + text.len;

    if (!work_spend(work, 8 * text.len)) return false;
    while (at < end) {
        uint32_t code = utf8_next(&at);

        if (code >= 0x80 && is_odd(code, letter_case))
            return err_set(work->err, "another case of U+%04X is not supported", (unsigned)code);
        if (work->out->len - work->base > WORK_TEXT) return work_add(work, "", 1);
        utf8_add(work->out,
                 code < 0x80 ? ascii_case(code, letter_case)
                             : mapped(letter_case == CASE_LOWER ? codes_lower : codes_upper, code));
    }
    return true;
}

const char *text_seek(struct text text, size_t index)
{
    const char *at = text.at, *end = text.at + text.len;

    while (index > 0 && at < end) {
        at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80) at++;
        index--;
    }
    return at;
}

static bool is_in(const char *at, size_t len, const struct text *set)
{
    const char *next = at;

    if (!set) return code_is_space(utf8_next(&next));
    return set->len >= len && memmem(set->at, set->len, at, len);
}

struct text text_strip(struct text text, const struct text *set, unsigned sides)
{
    const char *at = text.at, *end = text.at + text.len;

    while (sides & SIDE_LEFT && at < end) {
        const char *next = text_seek((struct text){at, (size_t)(end - at)}, 1);

        if (!is_in(at, (size_t)(next - at), set)) break;
        at = next;
    }
    while (sides & SIDE_RIGHT && at < end) {
        const char *last = end - 1;

        while (last > at && ((unsigned char)*last & 0xc0) == 0x80) last--;
        if (!is_in(last, (size_t)(end - last), set)) break;
        end = last;
    }
    return (struct text){at, (size_t)(end - at)};
}

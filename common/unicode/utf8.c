#include "unicode/utf8.h"

#include <stdbool.h>
#include <string.h>

#define HIGH_BITS 0x8080808080808080ULL

static uint64_t load(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

const char *utf8_skip_ascii(const char *at, const char *end)
{
    for (; end - at >= 32; at += 32)
        if ((load(at) | load(at + 8) | load(at + 16) | load(at + 24)) & HIGH_BITS) break;
    for (; end - at >= 8; at += 8)
        if (load(at) & HIGH_BITS) break;
    while (at < end && !(*at & 0x80)) at++;
    return at;
}

static bool follows(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Which second bytes are allowed behind a first one of a sequence of three or four. */
static bool second_fits(const unsigned char *p)
{
    switch (p[0]) {
    case 0xe0: return p[1] >= 0xa0 && p[1] <= 0xbf;
    case 0xed: return p[1] >= 0x80 && p[1] <= 0x9f; /* no surrogates */
    case 0xf0: return p[1] >= 0x90 && p[1] <= 0xbf;
    case 0xf4: return p[1] >= 0x80 && p[1] <= 0x8f;
    default: return follows(p[1]);
    }
}

/* The length that the first byte asks for, or 0 when no sequence begins with it. */
static size_t wanted(unsigned char first)
{
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* How many bytes from p on are a sequence or the valid beginning of one; 0 for a bad first byte. */
static size_t valid_part(const unsigned char *p, size_t room)
{
    size_t want = wanted(p[0]), got = 1;

    if (want < 2 || room < 2) return want ? 1 : 0;
    if (!second_fits(p)) return 1;
    for (got = 2; got < want && got < room && follows(p[got]);) got++;
    return got;
}

const char *utf8_fault(struct text text)
{
    const char *at = text.at, *end;

    if (!text.len) return NULL;
    for (end = at + text.len;;) {
        const unsigned char *p;
        size_t want;

        if (at < end && !(*at & 0x80)) at = utf8_skip_ascii(at, end);
        while (end - at >= 2 && (unsigned char)(at[0] - 0xc2) < 0x1e &&
               follows((unsigned char)at[1]))
            at += 2;
        if (at == end) return NULL;
        p = (const unsigned char *)at;
        want = wanted(*p);
        if (!want || valid_part(p, (size_t)(end - at)) != want) return at;
        at += want;
    }
}

size_t utf8_unfinished(struct text text)
{
    for (size_t back = 1; back <= 3 && back <= text.len; back++) {
        const unsigned char *p = (const unsigned char *)text.at + text.len - back;

        if (follows(*p)) continue;
        return wanted(*p) > back && valid_part(p, back) == back ? back : 0;
    }
    return 0;
}

void utf8_repair(struct buffer *out, struct text text)
{
    const char *at = text.at, *end = text.len ? at + text.len : at;

    while (at < end) {
        struct text rest = {at, (size_t)(end - at)};
        const char *fault = utf8_fault(rest);
        size_t part;

        if (!fault) fault = end;
        buffer_add(out, at, (size_t)(fault - at));
        if (fault == end) return;
        buffer_text(out, UTF8_REPLACEMENT);
        part = valid_part((const unsigned char *)fault, (size_t)(end - fault));
        at = fault + (part ? part : 1);
    }
}

void utf8_put(struct buffer *out, uint32_t code)
{
    char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = len; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(marks[len] | code);
    buffer_add(out, bytes, len);
}

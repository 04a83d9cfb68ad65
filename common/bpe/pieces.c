#include "bpe/pieces.h"

#include "unicode/classes.h"

#include <stdbool.h>
#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Kinds of ASCII; LONG begins a longer sequence. */
enum { O = CLASS_OTHER, L = CLASS_LETTER, N = CLASS_NUMBER, S = CLASS_SPACE, R = CLASS_NEWLINE };
enum { LONG = 5 };

#define LONGS LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG
#define LONGS32 LONGS, LONGS, LONGS, LONGS

static const unsigned char kinds[256] = {
    O, O, O, O, O, O, O, O, O, S, R, S, S, R, O, O, O, O, O,       O,       O,       O,
    O, O, O, O, O, O, O, O, O, O, S, O, O, O, O, O, O, O, O,       O,       O,       O,
    O, O, O, O, N, N, N, N, N, N, N, N, N, N, O, O, O, O, O,       O,       O,       L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,       L,       L,       L,
    L, L, L, O, O, O, O, O, O, L, L, L, L, L, L, L, L, L, L,       L,       L,       L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O, LONGS32, LONGS32, LONGS32, LONGS32};

/* Who cuts numbers apart goes by Unicode 17. */
static ALWAYS_INLINE unsigned kind_of(uint32_t code, bool apart)
{
    unsigned bits = class_bits(code);

    return apart && bits & CLASS_LATER ? (unsigned)N : bits & CLASS_KIND;
}

/* The kind of the character at at, which is not the end, and its bytes. */
static ALWAYS_INLINE unsigned kind_at(const char *at, unsigned *len, bool apart)
{
    unsigned kind = kinds[(unsigned char)*at];

    *len = 1;
    return kind < LONG ? kind : kind_of(utf8_code(at, len), apart);
}

static ALWAYS_INLINE const char *skip(const char *at, const char *end, unsigned kind, bool apart)
{
    while (at < end) {
        unsigned len;

        while (at < end && kinds[(unsigned char)*at] == kind) at++;
        if (at == end || kinds[(unsigned char)*at] != LONG) return at;
        if (kind_of(utf8_code(at, &len), apart) != kind) return at;
        at += len;
    }
    return at;
}

static ALWAYS_INLINE const char *skip_newlines(const char *at, const char *end)
{
    while (at < end && (*at == '\r' || *at == '\n')) at++;
    return at;
}

/* Behind an apostrophe: the bytes of the suffix that begins at at, or 0. */
static ALWAYS_INLINE size_t suffix(const char *at, const char *end, bool folded)
{
    const char fold = folded ? 0x20 : 0;
    size_t room = (size_t)(end - at);
    char a, b;

    if (room < 1) return 0;
    a = (char)(at[0] | fold);
    if (a == 's' || a == 't' || a == 'm' || a == 'd') return 1;
    if (room < 2) return 0;
    b = (char)(at[1] | fold);
    if ((a == 'r' || a == 'v') && b == 'e') return 2;
    if (a == 'l' && b == 'l') return 2;
    return folded && memcmp(at, "\xc5\xbf", 2) == 0 ? 2 : 0; /* the long s */
}

/* White space from at to the next other character: all of it where the text ends there (or behind
 * does what counts as its end), else without its last character, which belongs to what follows. */
static ALWAYS_INLINE const char *take_space(const char *at, const char *end, bool apart)
{
    const char *stop = at, *last = at;
    unsigned len = 0;

    while (stop < end) {
        unsigned kind = kind_at(stop, &len, apart);

        if (kind < S) {
            if (apart && kind == N) return stop;
            break;
        }
        last = stop;
        stop += len;
    }
    return stop == end || last == at ? stop : last;
}

static ALWAYS_INLINE const char *next_gpt2(const char *at, const char *end, enum pieces form)
{
    const char *begin = at;
    bool apart = form != PIECES_GPT2; /* numbers are never part of another piece */
    unsigned len, kind = kind_at(at, &len, apart);

    if (*at == '\'') {
        size_t more = suffix(at + 1, end, false);

        if (more) return at + 1 + more;
    } else if (*at == ' ' && at + 1 < end) {
        kind = kind_at(++at, &len, apart);
        if (kind >= S || (apart && kind == N)) return take_space(begin, end, apart);
    }
    if (kind >= S) return take_space(begin, end, apart);
    if (kind == N && form == PIECES_SMOLLM) return at + len;
    return skip(at + len, end, kind, apart);
}

static ALWAYS_INLINE const char *take_numbers(const char *at, const char *end, unsigned most)
{
    unsigned len;

    for (unsigned i = 0; i < most && at < end && kind_at(at, &len, false) == N; i++) at += len;
    return at;
}

/* A run of white space ends behind its last newline, if it has one. */
static ALWAYS_INLINE const char *take_lines(const char *at, const char *end)
{
    const char *newline = NULL, *stop = at;
    unsigned len;

    while (stop < end) {
        unsigned kind = kind_at(stop, &len, false);

        if (kind < S) break;
        stop += len;
        if (kind == R) newline = stop;
    }
    return newline ? newline : take_space(at, end, false);
}

static ALWAYS_INLINE const char *next_qwen2(const char *at, const char *end, unsigned numbers)
{
    unsigned len, after_len = 0, kind = kind_at(at, &len, false), after = R;
    const char *next = at + len;

    if (kind == L) return skip(next, end, L, false);
    if (kind == N) return take_numbers(at, end, numbers);
    if (*at == '\'') {
        size_t more = suffix(next, end, true);

        if (more) return next + more;
    }
    if (next < end) after = kind_at(next, &after_len, false);
    if (after == L && kind != R) return skip(next + after_len, end, L, false);
    if (kind == O) return skip_newlines(skip(next, end, O, false), end);
    if (*at == ' ' && after == O) return skip_newlines(skip(next + after_len, end, O, false), end);
    return take_lines(at, end);
}

#define CUT(name, step)                                                                            \
    static size_t name(const char *at, const char *end, uint32_t *ends, size_t room)               \
    {                                                                                              \
        const char *begin = at;                                                                    \
        size_t count = 0;                                                                          \
                                                                                                   \
        while (at < end && count < room) {                                                         \
            at = (step);                                                                           \
            ends[count++] = (uint32_t)(at - begin);                                                \
        }                                                                                          \
        return count;                                                                              \
    }

CUT(cut_gpt2, next_gpt2(at, end, PIECES_GPT2))
CUT(cut_smollm, next_gpt2(at, end, PIECES_SMOLLM))
CUT(cut_numbers, next_gpt2(at, end, PIECES_NUMBERS))
CUT(cut_qwen2, next_qwen2(at, end, 1))
CUT(cut_llama3, next_qwen2(at, end, 3))

/* The next U+2581 from at on, or the end. */
static const char *find_mark(const char *at, const char *end)
{
    while (at < end) {
        at = memchr(at, 0xe2, (size_t)(end - at));
        if (!at) return end;
        if (memcmp(at, "\xe2\x96\x81", 3) == 0) return at;
        at += 3;
    }
    return end;
}

static const char *next_mark(const char *at, const char *end)
{
    return find_mark(at + utf8_length((unsigned char)*at), end);
}

static const char *next_word(const char *at, const char *end)
{
    const char *mark = find_mark(at, end);

    while (mark == at) {
        at += 3;
        mark = find_mark(at, end);
    }
    return mark;
}

CUT(cut_marks, next_mark(at, end))
CUT(cut_words, next_word(at, end))

size_t pieces_cut(enum pieces kind, const char *at, const char *end, uint32_t *ends, size_t room)
{
    switch (kind) {
    case PIECES_GPT2: return cut_gpt2(at, end, ends, room);
    case PIECES_QWEN2: return cut_qwen2(at, end, ends, room);
    case PIECES_LLAMA3: return cut_llama3(at, end, ends, room);
    case PIECES_SMOLLM: return cut_smollm(at, end, ends, room);
    case PIECES_NUMBERS: return cut_numbers(at, end, ends, room);
    case PIECES_WORDS: return cut_words(at, end, ends, room);
    case PIECES_MARKS: return cut_marks(at, end, ends, room);
    case PIECES_WHOLE: break;
    }
    if (at == end || !room) return 0;
    ends[0] = (uint32_t)(end - at);
    return 1;
}

#include "adapter/pattern_set.h"

/* Letters, digits and _ of ASCII: bytes of other letters are none. */
const struct pattern_set pattern_words = {{0, 0x03ff0000, 0x87fffffe, 0x07fffffe, 0, 0, 0, 0}};
static const struct pattern_set digits = {{0, 0x03ff0000, 0, 0, 0, 0, 0, 0}};
static const struct pattern_set spaces = {{0x00003e00, 1, 0, 0, 0, 0, 0, 0}};

struct pattern_set pattern_set_of(size_t first, size_t last)
{
    struct pattern_set set = {{0}};

    for (size_t i = first; i <= last; i++) set.bits[i / 32] |= (uint32_t)1 << i % 32;
    return set;
}

void pattern_set_invert(struct pattern_set *set)
{
    for (size_t i = 0; i < 8; i++) set->bits[i] = ~set->bits[i];
}

static void join(struct pattern_set *set, struct pattern_set more)
{
    for (size_t i = 0; i < 8; i++) set->bits[i] |= more.bits[i];
}

static struct pattern_set inverse(struct pattern_set set)
{
    pattern_set_invert(&set);
    return set;
}

static bool is_letter_or_digit(unsigned char byte)
{
    return byte != '_' && pattern_set_has(&pattern_words, byte);
}

const char *pattern_set_escape(struct pattern_set *set, const char **at)
{
    const unsigned char symbol = (unsigned char)*(*at);

    if (symbol == '\0') return "it ends in '\\'";
    (*at)++;
    switch (symbol) {
    case 'd': join(set, digits); return NULL;
    case 'D': join(set, inverse(digits)); return NULL;
    case 'w': join(set, pattern_words); return NULL;
    case 'W': join(set, inverse(pattern_words)); return NULL;
    case 's': join(set, spaces); return NULL;
    case 'S': join(set, inverse(spaces)); return NULL;
    default: break;
    }
    if (is_letter_or_digit(symbol)) return "a letter or digit behind '\\' that is not known";
    join(set, pattern_set_of(symbol, symbol));
    return NULL;
}

/* One symbol or escape of a set; *single is the symbol, or -1 for several. */
static const char *take_member(struct pattern_set *set, const char **at, int *single)
{
    const unsigned char symbol = (unsigned char)*(*at)++;
    const unsigned char escaped = (unsigned char)**at;

    *single = symbol;
    if (symbol != '\\') {
        join(set, pattern_set_of(symbol, symbol));
        return NULL;
    }
    *single = is_letter_or_digit(escaped) ? -1 : escaped;
    return pattern_set_escape(set, at);
}

static const char *take_range(struct pattern_set *set, const char **at)
{
    int first, last;
    const char *problem = take_member(set, at, &first);

    if (problem || (*at)[0] != '-' || (*at)[1] == ']' || (*at)[1] == '\0') return problem;
    (*at)++;
    problem = take_member(set, at, &last);
    if (problem) return problem;
    if (first < 0 || last < first) return "a set has a range without order";
    join(set, pattern_set_of((size_t)first, (size_t)last));
    return NULL;
}

const char *pattern_set_take(struct pattern_set *set, const char **at)
{
    const bool inverted = **at == '^';
    const char *problem = NULL;
    bool begun = false;

    if (inverted) (*at)++;
    for (; !problem && (**at != ']' || !begun); begun = true) {
        if (**at == '\0') return "a '[' is not closed";
        problem = take_range(set, at);
    }
    if (problem) return problem;
    (*at)++;
    if (inverted) pattern_set_invert(set);
    return NULL;
}

#include "judge/amount.h"

#include "judge/amount_parts.h"
#include "records/value.h"

#include <ctype.h>
#include <string.h>

uint32_t amount_code(struct text text, size_t at, size_t *len)
{
    unsigned char c = (unsigned char)text.at[at];
    size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    const char *p = text.at + at;

    *len = 1;
    if (want == 1) return c;
    if (c < 0xC0 || want > text.len - at || utf8_run(p, p + want) != want) return 0xFFFD;
    *len = want;
    return utf8_next(&p);
}

/* The character that ends right before at; 0 at the beginning. */
static uint32_t code_before(struct text text, size_t at)
{
    size_t from = at, len;
    uint32_t code;

    if (!at) return 0;
    do from--;
    while (from > 0 && at - from < 4 && ((unsigned char)text.at[from] & 0xC0) == 0x80);
    code = amount_code(text, from, &len);
    return from + len == at ? code : 0xFFFD;
}

static bool is_letter(uint32_t code)
{
    return code < 0x80 ? isalpha((int)code) != 0 || code == '_' : false;
}

static size_t skip_spaces(struct text text, size_t at)
{
    size_t len;

    while (is_gap(code_at(text, at, &len))) at += len;
    return at;
}

static bool is_ascii(const char *word)
{
    return (unsigned char)word[0] < 0x80;
}

/* Takes one of the words that begins at at, in any case, as a whole; NULL ends them. Its place, or
 * -1. */
static int take_word(struct text text, size_t *at, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        size_t len = strlen(words[i]), next;
        uint32_t code;

        if (text.len < *at + len || strncasecmp(text.at + *at, words[i], len) != 0) continue;
        code = code_at(text, *at + len, &next);
        if (strchr("%\xAA", words[i][len - 1]) == NULL &&
            (is_letter(code) || (!is_ascii(words[i]) && next > 1 && word_has(code))))
            continue;
        *at += len;
        return i;
    }
    return -1;
}

static const char *const scale_words[] = {"thousand",
                                          "million",
                                          "billion",
                                          "trillion",
                                          "thousands",
                                          "millions",
                                          "billions",
                                          "trillions",
                                          "\u0623\u0644\u0641",
                                          "\u0645\u0644\u064A\u0648\u0646",
                                          "\u0645\u0644\u064A\u0627\u0631",
                                          NULL};
static const double scales[] = {1e3, 1e6, 1e9, 1e12, 1e3, 1e6, 1e9, 1e12, 1e3, 1e6, 1e9};

static const char *const percent_words[] = {"percent",
                                            "per cent",
                                            "%",
                                            "\u066A",
                                            "\u0628\u0627\u0644\u0645\u0626\u0629",
                                            "\u0628\u0627\u0644\u0645\u0627\u0626\u0629",
                                            "\u0641\u064A \u0627\u0644\u0645\u0626\u0629",
                                            "\u0641\u064A \u0627\u0644\u0645\u0627\u0626\u0629",
                                            NULL};

static void read_scale(struct text text, struct amount *amount)
{
    size_t at = skip_spaces(text, amount->end);
    int found = take_word(text, &at, scale_words);

    if (found < 0 || amount->value != amount->bare) return;
    amount->value *= scales[found];
    amount->end = at;
}

static void read_percent(struct text text, struct amount *amount)
{
    size_t at = skip_spaces(text, amount->end);

    amount->percent = take_word(text, &at, percent_words) >= 0;
    if (amount->percent) amount->end = at;
}

/* The next of the words that stands in the text, its place in the list or -1. */
static int find_word(struct text text, size_t *at, const char *const *words)
{
    for (size_t len; *at < text.len; *at += len) {
        int found = is_letter(code_before(text, *at)) ? -1 : take_word(text, at, words);

        if (found >= 0) return found;
        amount_code(text, *at, &len);
    }
    return -1;
}

bool amount_names_percent(struct text text)
{
    static const char *const more[] = {"percentage", "percentages", NULL};
    size_t at = 0, from = 0;

    return find_word(text, &at, percent_words) >= 0 || find_word(text, &from, more) >= 0;
}

bool amount_names_scale(struct text text, double scale)
{
    size_t at = 0;

    for (int found; (found = find_word(text, &at, scale_words)) >= 0;)
        if (scale > scales[found] * 0.999 && scale < scales[found] * 1.001) return true;
    return false;
}

/* A sign that nothing stands before that could be subtracted from; a currency sign may stand
 * between. */
static void read_sign(struct text text, struct amount *amount)
{
    size_t at = amount->at;
    uint32_t code = code_before(text, at);

    if (is_sign(code)) {
        at -= code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
        code = code_before(text, at);
    }
    if (code != '-' && code != 0x2212) return;
    at -= code == '-' ? 1 : 3;
    code = code_before(text, at);
    if (is_letter(code) || digit_of(code) >= 0 || code == ')' || code == '%' || code == '-') return;
    amount->at = at;
    amount->value = -amount->value;
    amount->bare = -amount->bare;
}

/* Behind the amount the rest of a date, a time, a range, a version: 'X-01-31', 'X:30', 'X.2.3'. */
static bool take_compound(struct text text, struct amount *amount, size_t *parts, uint32_t *sign)
{
    struct amount next;
    size_t len, at = amount->end, digits;

    *parts = 1;
    for (;;) {
        uint32_t code = code_at(text, at, &len);

        if (code != '/' && code != ':' && code != '-' && code != '.' && code != 0x2013) break;
        if (digit_of(code_at(text, at + len, &digits)) < 0) break;
        if (!amount_digits(text, at + len, &next)) break;
        if (++*parts == 2) {
            *sign = code;
            if (code == '/' && next.value != 0 && !amount->decimals && !next.decimals) {
                amount->value /= next.value;
                amount->bare = amount->value;
            }
        }
        at = amount->end = next.end;
    }
    return *parts > 1;
}

static const char *const months[] = {
    "January", "February", "March",    "April", "May", "June", "July", "August", "September",
    "October", "November", "December", "Jan",   "Feb", "Mar",  "Apr",  "Jun",    "Jul",
    "Aug",     "Sept",     "Sep",      "Oct",   "Nov", "Dec",  NULL};

/* Capital letters count: 'may 5' is no date. */
static bool is_month(struct text text, size_t from, size_t end)
{
    for (size_t i = 0; months[i]; i++)
        if (strlen(months[i]) == end - from && memcmp(text.at + from, months[i], end - from) == 0)
            return true;
    return false;
}

/* A month before it (also 'May 5, 2024') or behind it. */
static bool stands_in_date(struct text text, const struct amount *amount)
{
    size_t end = amount->at, from, at = skip_spaces(text, amount->end);

    while (end && strchr(" ,", text.at[end - 1])) end--;
    for (from = end; from && isdigit((unsigned char)text.at[from - 1]); from--) continue;
    if (from < end && end < amount->at)
        for (end = from; end && text.at[end - 1] == ' '; end--) continue;
    for (from = end; from && isalpha((unsigned char)text.at[from - 1]) && end - from < 10; from--)
        continue;
    if (is_month(text, from, end)) return true;
    for (end = at; end < text.len && isalpha((unsigned char)text.at[end]) && end - at < 10; end++)
        continue;
    return end > amount->end && is_month(text, at, end);
}

static bool is_ordinal(struct text text, const struct amount *amount)
{
    static const char *const words[] = {"st", "nd", "rd", "th", NULL};
    size_t at = amount->end;

    return take_word(text, &at, words) >= 0;
}

/* '2.' or '2)' at the beginning of a line with words behind it. */
static bool begins_item(struct text text, const struct amount *amount)
{
    size_t at = amount->at, len;
    uint32_t code = code_at(text, amount->end, &len);

    if (amount->value < 1 || amount->value > 99 || amount->decimals) return false;
    if (code != '.' && code != ')') return false;
    while (at && strchr(" \t*#>", text.at[at - 1]) && text.at[at - 1]) at--;
    if (at && text.at[at - 1] != '\n') return false;
    at = skip_spaces(text, amount->end + 1);
    return at > amount->end + 1 && at < text.len && !strchr("\r\n", text.at[at]);
}

static enum amount_role role_of(struct text text, const struct amount *amount, size_t parts,
                                uint32_t sign)
{
    uint32_t before = code_before(text, amount->at), behind;
    size_t len, next;

    if (is_letter(before)) return AMOUNT_PART;
    if (before == '-' && amount->at > 1 && is_letter((unsigned char)text.at[amount->at - 2]))
        return AMOUNT_PART;
    if (parts == 2 && sign == '/') return AMOUNT_WEAK;
    if (parts > 1 || stands_in_date(text, amount)) return AMOUNT_PART;
    if (begins_item(text, amount) || is_ordinal(text, amount)) return AMOUNT_WEAK;
    behind = code_at(text, amount->end, &len);
    if ((behind == '-' || behind == 0x2011) && !amount->percent &&
        is_letter(code_at(text, amount->end + len, &next)))
        return AMOUNT_WEAK;
    return AMOUNT_PLAIN;
}

bool amount_next(struct text text, size_t *at, struct amount *amount)
{
    size_t len, parts;
    uint32_t sign = 0;

    for (; *at < text.len; *at += len) {
        uint32_t code = amount_code(text, *at, &len);

        if (digit_of(code) < 0) continue;
        if (!amount_digits(text, *at, amount)) {
            while (digit_of(code_at(text, *at + len, &parts)) >= 0) *at += parts;
            continue;
        }
        if (!take_compound(text, amount, &parts, &sign)) {
            read_scale(text, amount);
            read_percent(text, amount);
        } else {
            amount->percent = false;
        }
        read_sign(text, amount);
        amount->role = role_of(text, amount, parts, sign);
        *at = amount->end;
        return true;
    }
    return false;
}

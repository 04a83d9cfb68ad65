/* Units: a word may mean two things ('cent'). */
#include "judge/amount_parts.h"

#include <string.h>
#include <strings.h>

enum dimension { LENGTH, TIME, DOLLAR, EURO, POUND, YEN };

#define DAY 86400.0
#define YEAR (365.25 * DAY)

static const struct {
    const char *word; /* without a plural s */
    enum dimension dimension;
    double worth; /* in metres, seconds, and the currency's own unit */
} units[] = {
    {"mm", LENGTH, 0.001},
    {"millimetre", LENGTH, 0.001},
    {"millimeter", LENGTH, 0.001},
    {"cm", LENGTH, 0.01},
    {"centimetre", LENGTH, 0.01},
    {"centimeter", LENGTH, 0.01},
    {"m", LENGTH, 1},
    {"metre", LENGTH, 1},
    {"meter", LENGTH, 1},
    {"km", LENGTH, 1000},
    {"kilometre", LENGTH, 1000},
    {"kilometer", LENGTH, 1000},
    {"inch", LENGTH, 0.0254},
    {"inches", LENGTH, 0.0254},
    {"ft", LENGTH, 0.3048},
    {"foot", LENGTH, 0.3048},
    {"feet", LENGTH, 0.3048},
    {"yd", LENGTH, 0.9144},
    {"yard", LENGTH, 0.9144},
    {"mi", LENGTH, 1609.344},
    {"mile", LENGTH, 1609.344},
    {"ms", TIME, 0.001},
    {"millisecond", TIME, 0.001},
    {"s", TIME, 1},
    {"sec", TIME, 1},
    {"second", TIME, 1},
    {"min", TIME, 60},
    {"minute", TIME, 60},
    {"h", TIME, 3600},
    {"hr", TIME, 3600},
    {"hour", TIME, 3600},
    {"d", TIME, DAY},
    {"day", TIME, DAY},
    {"wk", TIME, 7 * DAY},
    {"week", TIME, 7 * DAY},
    {"mo", TIME, YEAR / 12},
    {"month", TIME, YEAR / 12},
    {"y", TIME, YEAR},
    {"yr", TIME, YEAR},
    {"year", TIME, YEAR},
    {"$", DOLLAR, 1},
    {"usd", DOLLAR, 1},
    {"dollar", DOLLAR, 1},
    {"buck", DOLLAR, 1},
    {"cent", DOLLAR, 0.01},
    {"\u00A2", DOLLAR, 0.01},
    {"\u20AC", EURO, 1},
    {"eur", EURO, 1},
    {"euro", EURO, 1},
    {"cent", EURO, 0.01},
    {"\u00A3", POUND, 1},
    {"gbp", POUND, 1},
    {"pound", POUND, 1},
    {"penny", POUND, 0.01},
    {"pence", POUND, 0.01},
    {"\u00A5", YEN, 1},
    {"yen", YEN, 1},
    {"jpy", YEN, 1},
};

#define UNITS (sizeof units / sizeof *units)

/* Words behind a number that say nothing of what it is of. */
static const char *const others[] = {
    "a",     "about",   "after",   "all",   "also",     "altogether", "an",    "and",
    "are",   "as",      "at",      "be",    "because",  "before",     "but",   "by",
    "each",  "every",   "exactly", "for",   "from",     "hence",      "here",  "if",
    "in",    "instead", "is",      "it",    "less",     "minus",      "more",  "of",
    "on",    "only",    "or",      "out",   "over",     "overall",    "per",   "plus",
    "since", "so",      "than",    "that",  "the",      "then",       "there", "therefore",
    "this",  "thus",    "times",   "to",    "together", "total",      "under", "was",
    "we",    "were",    "when",    "where", "which",    "while",      "will",  "with",
    "would", NULL};

static bool word_is(struct text word, const char *other)
{
    return strlen(other) == word.len && strncasecmp(word.at, other, word.len) == 0;
}

static struct text singular(struct text word)
{
    if (word.len > 2 && (word.at[word.len - 1] | 32) == 's') word.len--;
    return word;
}

static bool row_is(size_t row, struct text word)
{
    return word_is(word, units[row].word) || word_is(singular(word), units[row].word);
}

bool unit_is_known(struct text word)
{
    for (size_t i = 0; i < UNITS; i++)
        if (row_is(i, word)) return true;
    return false;
}

static bool same_word(struct text a, struct text b)
{
    a = singular(a);
    b = singular(b);
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

bool unit_compares(struct text from, struct text to, double *factor)
{
    *factor = 1;
    for (size_t i = 0; i < UNITS; i++) {
        if (!row_is(i, from)) continue;
        for (size_t k = 0; k < UNITS; k++) {
            if (!row_is(k, to) || units[k].dimension != units[i].dimension) continue;
            *factor = units[i].worth / units[k].worth;
            return true;
        }
    }
    return same_word(from, to);
}

/* The end of the word that begins at at: letters, and then 'km/h', 'm2', too; or one sign. */
static size_t word_end(struct text text, size_t at)
{
    size_t len, next;
    uint32_t code = code_at(text, at, &len);

    if (is_sign(code)) return at + len;
    if (!word_has(code)) return at;
    for (;;) {
        at += len;
        code = code_at(text, at, &len);
        if (word_has(code) || digit_of(code) >= 0) continue;
        if (code != '/' && code != '^') return at;
        code = code_at(text, at + len, &next);
        if (!word_has(code) && digit_of(code) < 0) return at;
    }
}

/* Behind what may stand between a number and its unit: spaces, a hyphen, marks of emphasis, and
 * what TeX has there. */
static size_t skip_between(struct text text, size_t at)
{
    static const char tex[] = "\\text{";
    size_t len;
    uint32_t code;

    while (at < text.len && (text.at[at] == '*' || text.at[at] == '_')) at++;
    code = code_at(text, at, &len);
    if (code == '-' || code == 0x2011) return at + len;
    while (is_gap(code_at(text, at, &len))) at += len;
    if (text.len - at > strlen(tex) && memcmp(text.at + at, tex, strlen(tex)) == 0)
        for (at += strlen(tex); is_gap(code_at(text, at, &len));) at += len;
    return at;
}

static bool is_other(struct text word)
{
    for (size_t i = 0; others[i]; i++)
        if (word_is(word, others[i])) return true;
    return false;
}

static void read_behind(struct text text, size_t at, struct unit *unit)
{
    size_t end, len;

    at = skip_between(text, at);
    while (unit->count < UNIT_WORDS && (end = word_end(text, at)) > at) {
        const struct text word = {text.at + at, end - at};

        if (is_other(word)) return;
        if (!unit->count) unit->end = end;
        unit->words[unit->count++] = word;
        for (at = end; is_gap(code_at(text, at, &len));) at += len;
    }
}

/* The sign before the digits, with or without a space between: '$5', '-$5', '\u20AC 5'. */
static struct text sign_before(struct text text, size_t at)
{
    size_t len;
    uint32_t code = code_at(text, at, &len);

    if (code == '-' || code == 0x2212) {
        at += len;
        if (is_sign(code_at(text, at, &len))) return (struct text){text.at + at, len};
        at -= code == '-' ? 1 : 3;
    }
    if (at && text.at[at - 1] == ' ') at--;
    for (size_t size = 1; size <= 3 && size <= at; size++)
        if (is_sign(code_at(text, at - size, &len)) && len == size)
            return (struct text){text.at + at - size, size};
    return (struct text){NULL, 0};
}

void unit_read(struct text text, const struct amount *amount, struct unit *unit)
{
    const struct text sign = sign_before(text, amount->at);
    const bool formula = amount->end < text.len && text.at[amount->end] == '$';

    *unit = (struct unit){.end = amount->end};
    read_behind(text, amount->end, unit);
    if (!sign.len || (unit->count && unit_is_known(unit->words[0]) && !formula)) return;
    *unit = (struct unit){.end = amount->end};
    if (formula && sign.at[0] == '$') return;
    unit->words[unit->count++] = sign;
}

bool unit_is_named(struct text text, struct text word)
{
    double factor;
    size_t at = 0;

    while (at < text.len) {
        const size_t end = word_end(text, at);
        const struct text named = {text.at + at, end - at};

        if (named.len && unit_is_known(named) && unit_compares(named, word, &factor)) return true;
        at = named.len ? end : at + 1;
    }
    return false;
}

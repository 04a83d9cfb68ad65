#include "judge/words.h"

#include "judge/amount.h"
#include "records/value.h"

#include <string.h>

enum sort { SORT_LETTER, SORT_DROP, SORT_BREAK };

/* Letters of pairs of capital and small that stand side by side. */
static uint32_t lower_extended(uint32_t code)
{
    bool odd = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E);

    if (code == 0x178) return 0xFF;
    if (code == 0x130 || code == 0x131) return 'i';
    return (code & 1) == odd ? code + 1 : code;
}

static uint32_t lower(uint32_t code)
{
    if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
    if (code >= 0xC0 && code <= 0xDE) return code + 32;
    if (code >= 0x100 && code <= 0x17F) return lower_extended(code);
    if (code >= 0x391 && code <= 0x3A9) return code + 32;
    if (code >= 0x388 && code <= 0x38A) return code + 37;
    if (code >= 0x410 && code <= 0x42F) return code + 32;
    if (code >= 0x400 && code <= 0x40F) return code + 80;
    switch (code) {
    case 0x386: return 0x3AC;
    case 0x38C: return 0x3CC;
    case 0x38E:
    case 0x38F: return code + 63;
    case 0x3C2: return 0x3C3; /* the sigma at the end of a word */
    case 0x622:
    case 0x623:
    case 0x625:
    case 0x671: return 0x627; /* the alefs */
    case 0x649:
    case 0x6CC: return 0x64A; /* the yehs */
    case 0x2019: return '\'';
    default: return code;
    }
}

static bool is_dropped(uint32_t code)
{
    return code == 0xAD || code == 0x640 || code == 0x670 || code == 0xFEFF ||
           (code >= 0x64B && code <= 0x65F) || (code >= 0x300 && code <= 0x36F) ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x2069) || (code >= 0xFE00 && code <= 0xFE0F);
}

/* Signs beyond ASCII: Latin-1's, the Arabic ones, those of all scripts, symbols, emoji. */
static bool is_sign(uint32_t code)
{
    return (code < 0xC0 && code != 0xAA && code != 0xB5 && code != 0xBA) || code == 0xD7 ||
           code == 0xF7 || code == 0x60C || code == 0x61B || code == 0x61F ||
           (code >= 0x66A && code <= 0x66D) || code == 0x6D4 ||
           (code >= 0x2000 && code <= 0x206F) || (code >= 0x20A0 && code <= 0x20CF) ||
           (code >= 0x2190 && code <= 0x2BFF) || (code >= 0x3000 && code <= 0x303F) ||
           (code >= 0xFF01 && code <= 0xFF0F) || (code >= 0xFF1A && code <= 0xFF20) ||
           code == 0xFFFD || code >= 0x1F000;
}

static enum sort sort_of(uint32_t code)
{
    if (code < 0x80) {
        uint32_t small = code | 32;

        return (small >= 'a' && small <= 'z') || (code >= '0' && code <= '9') ? SORT_LETTER
                                                                              : SORT_BREAK;
    }
    return is_dropped(code) ? SORT_DROP : is_sign(code) ? SORT_BREAK : SORT_LETTER;
}

struct reader {
    struct words *words;
    struct text text;
    size_t at;
    enum word_break pending;
    size_t sentence; /* the first word of this one */
};

static bool ends_here(const struct reader *r, size_t at)
{
    return at >= r->text.len || strchr(" \t\r\n\"')]*_", r->text.at[at]) != NULL;
}

static void end_sentence(struct reader *r, bool asked)
{
    for (size_t i = r->sentence; asked && i < r->words->count; i++) r->words->items[i].asked = true;
    r->sentence = r->words->count;
}

static enum word_break break_of(const struct reader *r, uint32_t code, size_t len)
{
    switch (code) {
    case '\n':
    case 0x2028: return BREAK_LINE;
    case '!':
    case '?':
    case 0x61F:
    case 0x3002:
    case 0xFF1F:
    case 0x6D4: return BREAK_SENTENCE;
    case '.': return ends_here(r, r->at + len) ? BREAK_SENTENCE : BREAK_HYPHEN;
    case 0x2026: return BREAK_SENTENCE;
    case ':':
    case 0xFF1A:
    case '=': return BREAK_COLON;
    case '-':
        return r->at && r->text.at[r->at - 1] == ' ' && ends_here(r, r->at + len) ? BREAK_CLAUSE
                                                                                  : BREAK_HYPHEN;
    case ',':
    case ';':
    case '(':
    case ')':
    case '[':
    case ']':
    case '"':
    case '|':
    case 0x60C:
    case 0x61B:
    case 0x2013:
    case 0x2014:
    case 0x201C:
    case 0x201D: return BREAK_CLAUSE;
    default: return BREAK_NONE;
    }
}

static void take_break(struct reader *r, uint32_t code, size_t len)
{
    enum word_break now = break_of(r, code, len);

    if (now > r->pending) r->pending = now;
    if (now >= BREAK_SENTENCE) end_sentence(r, code == '?' || code == 0x61F || code == 0xFF1F);
}

static void add_word(struct reader *r, size_t from, size_t end, size_t normal_from)
{
    struct words *words = r->words;
    struct word word = {.at = normal_from,
                        .len = words->normal.len - normal_from,
                        .from = from,
                        .end = end,
                        .before = words->count ? r->pending : BREAK_LINE};

    r->pending = BREAK_NONE;
    words->items = mem_room(words->items, words->count, &words->room, sizeof *words->items);
    words->items[words->count++] = word;
}

static size_t begin_word(struct words *words)
{
    if (words->normal.len) buffer_byte(&words->normal, ' ');
    return words->normal.len;
}

static void take_percent(struct reader *r, size_t len)
{
    size_t from = begin_word(r->words);

    buffer_text(&r->words->normal, "percent");
    add_word(r, r->at, r->at + len, from);
}

/* A minus sign counts where no word stands right before it. */
static bool take_number(struct reader *r)
{
    struct amount amount;
    size_t at = r->at, from;
    bool minus = at && r->text.at[at - 1] == '-' &&
                 (at == 1 || strchr(" \t\n($=:", r->text.at[at - 2]) != NULL);

    if (!amount_digits(r->text, at, &amount)) return false;
    from = begin_word(r->words);
    number_write(&r->words->normal, minus ? -amount.value : amount.value);
    r->at = amount.end;
    add_word(r, at, amount.end, from);
    return true;
}

static bool is_digit(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 0x660 && code <= 0x669) ||
           (code >= 0x6F0 && code <= 0x6F9) || (code >= 0xFF10 && code <= 0xFF19);
}

/* Letters from at on, and digits behind letters; an apostrophe between two letters belongs to the
 * word. */
static void take_letters(struct reader *r)
{
    size_t begin = r->at, from = begin_word(r->words), len, next;
    struct buffer *normal = &r->words->normal;

    while (r->at < r->text.len) {
        uint32_t code = amount_code(r->text, r->at, &len);
        enum sort sort = sort_of(code);
        bool joins = (code == '\'' || code == 0x2019) && r->at > begin &&
                     r->at + len < r->text.len &&
                     sort_of(amount_code(r->text, r->at + len, &next)) == SORT_LETTER;

        if (sort == SORT_BREAK && !joins) break;
        if (sort != SORT_DROP) utf8_add(normal, lower(code));
        r->at += len;
    }
    add_word(r, begin, r->at, from);
}

static void join_per_cent(struct words *words)
{
    if (words->count < 2 || !words_is(words, words->count - 1, "cent") ||
        !words_is(words, words->count - 2, "per"))
        return;
    words->count--;
    words->normal.len = words->items[words->count - 1].at;
    buffer_text(&words->normal, "percent");
    words->items[words->count - 1].len = strlen("percent");
    words->items[words->count - 1].end = words->items[words->count].end;
}

void words_read(struct words *words, struct text text)
{
    struct reader r = {.words = words, .text = text};
    size_t len;

    words->normal.len = words->count = 0;
    while (r.at < text.len) {
        uint32_t code = amount_code(text, r.at, &len);
        enum sort sort = sort_of(code);

        if (is_digit(code) && take_number(&r)) continue;
        if (sort == SORT_LETTER) {
            take_letters(&r);
            join_per_cent(words);
            continue;
        }
        if (code == '%' || code == 0x66A)
            take_percent(&r, len);
        else if (sort == SORT_BREAK)
            take_break(&r, code, len);
        r.at += len;
    }
}

struct text words_item(const struct words *words, size_t index)
{
    return buffer_part(&words->normal, words->items[index].at,
                       words->items[index].at + words->items[index].len);
}

bool words_is(const struct words *words, size_t index, const char *word)
{
    return index < words->count && text_is(words_item(words, index), word);
}

/* How many words of row stand at index, or 0. */
static size_t match_row(const struct words *words, size_t index, const char *row)
{
    size_t count = 0;

    for (;; count++, row++) {
        size_t len = strcspn(row, " ");

        if (index + count >= words->count || words->items[index + count].len != len ||
            memcmp(words_item(words, index + count).at, row, len) != 0 ||
            (count && words->items[index + count].before > BREAK_HYPHEN))
            return 0;
        row += len;
        if (!*row) return count + 1;
    }
}

size_t words_match(const struct words *words, size_t index, const char *const *rows)
{
    size_t best = 0;

    for (; *rows; rows++) {
        size_t count = match_row(words, index, *rows);

        if (count > best) best = count;
    }
    return best;
}

bool words_same(const struct words *words, size_t index, const struct words *other, size_t from,
                size_t count)
{
    if (!count || index + count > words->count) return false;
    for (size_t i = 0; i < count; i++) {
        struct text a = words_item(words, index + i), b = words_item(other, from + i);

        if (a.len != b.len || memcmp(a.at, b.at, a.len) != 0) return false;
        if (i && words->items[index + i].before >= BREAK_SENTENCE) return false;
    }
    return true;
}

bool words_at(const struct words *words, size_t index, const struct words *needle)
{
    return words_same(words, index, needle, 0, needle->count);
}

size_t words_sentence(const struct words *words, size_t index)
{
    size_t end = index + 1;

    while (end < words->count && words->items[end].before < BREAK_SENTENCE) end++;
    return end < words->count ? end : words->count;
}

struct text words_span(const struct words *words, size_t begin, size_t end)
{
    const struct word *last = &words->items[end - 1];
    size_t from = words->items[begin].at;

    return (struct text){words->normal.at + from, last->at + last->len - from};
}

void words_release(struct words *words)
{
    buffer_release(&words->normal);
    mem_free(words->items);
    *words = (struct words){0};
}

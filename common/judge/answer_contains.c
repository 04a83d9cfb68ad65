/* The key as whole words; where the question names sides, the side stated first. */
#include "judge/answer_parts.h"

#include <string.h>

#define SIDES 8
#define SIDE_WORDS 4 /* of a side between two commas, at most */

struct sides {
    struct span span[SIDES]; /* in desk->side, the question's words; the key's own is empty */
    size_t count;
};

static const char *const articles[] = {"a", "an", "the", "to", "as", "either", "be", NULL};
static const char *const joins[] = {"or", "\u0627\u0648", "\u0627\u0645", NULL};

/* The last 'or' of a sentence that asks, or of any. */
static bool find_or(const struct words *question, size_t *at)
{
    bool found = false;

    for (size_t i = question->count; i-- > 1;) {
        if (!words_match(question, i, joins) || i + 1 == question->count) continue;
        if (question->items[i].asked) return *at = i, true;
        if (!found) *at = i;
        found = true;
    }
    return found;
}

/* A side ends where a preposition begins. Long ones are known by one word: the last before 'or',
 * the first behind it. */
static struct span trimmed(const struct words *words, struct span side, bool behind)
{
    static const char *const prepositions[] = {"by",     "in", "into", "for",    "on",    "at",
                                               "before", "if", "from", "during", "after", NULL};

    for (size_t i = side.begin + 1; behind && i < side.end; i++)
        if (words_match(words, i, prepositions)) side.end = i;
    for (size_t i = side.end; !behind && side.end - side.begin >= SIDE_WORDS && i > side.begin; i--)
        if (i < side.end && words_match(words, i - 1, articles)) side.begin = i;
    while (side.begin < side.end && words_match(words, side.begin, articles)) side.begin++;
    if (side.end - side.begin < SIDE_WORDS) return side;
    return behind ? (struct span){side.begin, side.begin + 1}
                  : (struct span){side.end - 1, side.end};
}

static bool holds_key(const struct words *question, struct span side, const struct words *key,
                      struct span bare)
{
    size_t count = bare.end - bare.begin;

    for (size_t i = side.begin; count && i + count <= side.end; i++)
        if (words_same(question, i, key, bare.begin, count)) return true;
    return false;
}

/* One more side; the key's own is kept empty. */
static bool add_side(struct sides *sides, const struct judge_desk *desk, struct span side,
                     struct span key, bool behind)
{
    bool own = holds_key(&desk->side, side, &desk->key, key);

    if (sides->count == SIDES || side.begin >= side.end) return false;
    side = trimmed(&desk->side, side, behind);
    if (own) side.begin = side.end;
    sides->span[sides->count++] = side;
    return own;
}

/* False unless the question has sides, one of them the key's (without a key: any). */
static bool read_sides(const struct reading *r, struct span key, struct sides *sides)
{
    const struct words *question = &r->desk->side;
    size_t at = 0, begin, end;
    bool own, first = true;

    sides->count = 0;
    words_read(&r->desk->side, r->key->question);
    if (!find_or(question, &at)) return false;
    for (end = at + 2; end < question->count && question->items[end].before < BREAK_CLAUSE;) end++;
    own = add_side(sides, r->desk, (struct span){at + 1, end}, key, true);
    for (end = at; end > 0; end = begin, first = false) {
        for (begin = end - 1; begin > 0 && question->items[begin].before < BREAK_CLAUSE;) begin--;
        if (!first && end - begin > SIDE_WORDS) break;
        own |= add_side(sides, r->desk, (struct span){begin, end}, key, false);
        if (question->items[begin].before != BREAK_CLAUSE) break;
    }
    return own || key.begin == key.end;
}

/* The side that stands at index: its number, or SIDES for the key, or -1. *count is its words. */
static int side_at(const struct reading *r, const struct sides *sides, struct span key,
                   size_t index, size_t *count)
{
    const struct words *words = &r->desk->text;
    int found = -1;

    *count = key.end - key.begin;
    if (*count && words_same(words, index, &r->desk->key, key.begin, *count))
        found = SIDES;
    else
        *count = 0;
    for (size_t i = 0; i < sides->count; i++) {
        size_t len = sides->span[i].end - sides->span[i].begin;

        if (len <= *count || !words_same(words, index, &r->desk->side, sides->span[i].begin, len))
            continue;
        *count = len;
        found = (int)i;
    }
    return found;
}

/* 'lock or float': both are named, none is taken. The words to pass over, or 0. */
static size_t choice_length(const struct reading *r, const struct sides *sides, struct span key,
                            size_t behind, int side)
{
    const struct words *words = &r->desk->text;
    size_t count;

    if (behind >= words->count || !words_match(words, behind, joins)) return 0;
    for (size_t i = behind + 1; i < behind + 4 && i < words->count; i++) {
        int other = side_at(r, sides, key, i, &count);

        if (other >= 0 && other != side) return i + count - behind;
    }
    return 0;
}

/* The first side stated in the span. */
static int side_in(const struct reading *r, const struct sides *sides, struct span key,
                   struct span span)
{
    const struct words *words = &r->desk->text;
    size_t count, skip;

    for (size_t i = span.begin; i < span.end; i += count ? count : 1) {
        int side = side_at(r, sides, key, i, &count);

        if (side < 0 || words->items[i].asked) continue;
        skip = sides->count ? choice_length(r, sides, key, i + count, side) : 0;
        if (skip) {
            count += skip;
            continue;
        }
        if (!answer_denied(words, i, i + count)) return side;
        if (!sides->count) return -1; /* with one side alone, the first word counts */
    }
    return -1;
}

static int yes_no_in(const struct words *words, struct span span)
{
    for (size_t i = span.begin; i < span.end; i++) {
        int found = words->items[i].asked ? -1 : answer_yes_no(words, i);

        if (found >= 0) return found;
    }
    return -1;
}

static void add_sentence(const struct reading *r, struct buffer *out)
{
    const struct words *words = &r->desk->text;
    struct span span = {0, words->count ? words_sentence(words, 0) : 0};
    struct text said;

    answer_announced(r, &span);
    span = answer_bare(words, span);
    if (span.begin >= span.end) return;
    said = words_span(words, span.begin, span.end);
    buffer_add(out, said.at, said.len);
}

static bool judge_yes_no(struct reading *r, int want, struct buffer *out)
{
    struct span span;
    int found = -1;

    if (answer_announced(r, &span)) found = yes_no_in(&r->desk->text, span);
    if (found < 0) found = yes_no_in(&r->desk->text, answer_whole(r));
    if (out && found >= 0) buffer_text(out, found ? "yes" : "no");
    if (out && found < 0 && want < 0) add_sentence(r, out);
    return found >= 0 && found == want;
}

static bool asks_yes_no(const struct reading *r)
{
    const struct words *question = &r->desk->side;
    size_t at = 0;

    return find_or(question, &at) && words_is(question, at - 1, "yes") &&
           words_is(question, at + 1, "no");
}

static void add_side_text(const struct reading *r, const struct sides *sides, struct span key,
                          int side, struct buffer *out)
{
    struct text said =
        side == SIDES ? words_span(&r->desk->key, key.begin, key.end)
                      : words_span(&r->desk->side, sides->span[side].begin, sides->span[side].end);

    buffer_add(out, said.at, said.len);
}

bool answer_contains(struct reading *r, struct buffer *out)
{
    const struct words *words = &r->desk->key;
    struct span key = answer_bare(words, (struct span){0, words->count}), span;
    struct sides sides;
    int side = -1;

    if (key.end == 1 && answer_yes_no(words, 0) >= 0)
        return judge_yes_no(r, answer_yes_no(words, 0), out);
    if (!read_sides(r, key, &sides)) sides.count = 0;
    if (!words->count && (!sides.count || asks_yes_no(r))) return judge_yes_no(r, -1, out);
    if (answer_announced(r, &span)) side = side_in(r, &sides, key, span);
    if (side < 0) side = side_in(r, &sides, key, answer_whole(r));
    if (out && side >= 0)
        add_side_text(r, &sides, key, side, out);
    else if (out)
        add_sentence(r, out);
    return side == SIDES;
}

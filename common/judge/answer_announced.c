/* Words that announce an answer, that deny one, that stand before one without being part of it. */
#include "judge/answer_parts.h"

#include <string.h>

static const char *const saying[] = {"answer is",
                                     "answer would be",
                                     "answer should be",
                                     "answer must be",
                                     "answer to the question is",
                                     "answer to this question is",
                                     "choice is",
                                     "option is",
                                     "solution is",
                                     "recommendation is",
                                     "i choose",
                                     "i pick",
                                     "i select",
                                     "i recommend",
                                     "i'd recommend",
                                     "i would recommend",
                                     "i'd go with",
                                     "i would go with",
                                     "\u0627\u0644\u062C\u0648\u0627\u0628 \u0647\u0648",
                                     "\u0627\u0644\u062C\u0648\u0627\u0628 \u0647\u064A",
                                     "\u0627\u0644\u0627\u062C\u0627\u0628\u0629 \u0647\u064A",
                                     "\u0627\u0644\u0627\u062C\u0627\u0628\u0629 \u0647\u0648",
                                     "\u0627\u0644\u0635\u062D\u064A\u062D\u0629 \u0647\u064A",
                                     "\u0627\u0644\u0635\u062D\u064A\u062D \u0647\u0648",
                                     NULL};
static const char *const titles[] = {"answer",
                                     "recommendation",
                                     "conclusion",
                                     "solution",
                                     "\u0627\u0644\u062C\u0648\u0627\u0628",
                                     "\u0627\u0644\u0627\u062C\u0627\u0628\u0629",
                                     "\u0627\u0644\u0635\u062D\u064A\u062D\u0629",
                                     NULL};
static const char *const fillers[] = {"that",   "probably", "clearly",       "definitely", "simply",
                                      "likely", "most",     "approximately", "indeed",     NULL};

/* Where what is announced at i begins, or 0. */
static size_t begins_behind(const struct words *words, size_t i)
{
    size_t count = words_match(words, i, saying);
    enum word_break next;

    if (count) return i + count;
    count = words_match(words, i, titles);
    if (!count || i + count >= words->count) return 0;
    next = words->items[i + count].before;
    if (next == BREAK_COLON) return i + count;
    return next == BREAK_LINE && words->items[i].before == BREAK_LINE ? i + count : 0;
}

/* The last place of mark, with a digit, a sign or a currency behind it where that is asked. */
static const char *find_mark(struct text text, const char *mark, bool number)
{
    const char *at = text.at, *end = text.at + text.len, *found = NULL;
    size_t len = strlen(mark);

    for (; (at = memmem(at, (size_t)(end - at), mark, len)); at += len)
        if (!number || (at + len < end && at[len] && strchr("-$0123456789", at[len]))) found = at;
    return found;
}

/* Behind '#### ', as sums end in some data sets, or within '\boxed{'. */
static size_t begins_marked(const struct reading *r)
{
    const struct words *words = &r->desk->text;
    const char *box = find_mark(r->text, "\\boxed{", false);
    const char *sharp = find_mark(r->text, "\n#### ", true);
    const char *found = !box || (sharp && sharp > box) ? sharp : box;
    size_t i = words->count;

    if (!found) return 0;
    while (i && words->items[i - 1].from > (size_t)(found - r->text.at)) i--;
    return i + words_is(words, i, "boxed");
}

bool answer_announced(const struct reading *r, struct span *found)
{
    const struct words *words = &r->desk->text;
    size_t begin = r->text.len ? begins_marked(r) : 0;

    for (size_t i = words->count; i-- > begin;) {
        size_t behind = begins_behind(words, i);

        if (behind <= begin || behind >= words->count || words->items[i].asked) continue;
        begin = behind;
        break;
    }
    while (begin && begin < words->count && words_match(words, begin, fillers)) begin++;
    if (!begin || begin >= words->count) return false;
    *found = (struct span){begin, words_sentence(words, begin)};
    return true;
}

struct span answer_whole(const struct reading *r)
{
    return (struct span){0, r->desk->text.count};
}

#define WINDOW 4 /* words between a denial and what it denies, and itself */

static bool denies(const struct words *words, size_t i)
{
    static const char *const rows[] = {"not",
                                       "never",
                                       "don't",
                                       "doesn't",
                                       "didn't",
                                       "isn't",
                                       "aren't",
                                       "wasn't",
                                       "won't",
                                       "wouldn't",
                                       "shouldn't",
                                       "can't",
                                       "cannot",
                                       "without",
                                       "avoid",
                                       "against",
                                       "neither",
                                       "nor",
                                       "than",
                                       "instead of",
                                       "\u0644\u064A\u0633",
                                       "\u0644\u064A\u0633\u062A",
                                       "\u063A\u064A\u0631",
                                       "\u0644\u0627",
                                       NULL};

    return words_match(words, i, rows) && !words_is(words, i + 1, "only") &&
           !words_is(words, i + 1, "just") && !words_is(words, i + 1, "necessarily");
}

static bool denied_behind(const struct words *words, size_t end)
{
    static const char *const rows[] = {"is not",       "isn't",        "is wrong",
                                       "is incorrect", "is false",     "are not",
                                       "is never",     "would not be", NULL};

    return end < words->count && words->items[end].before == BREAK_NONE &&
           words_match(words, end, rows) && !words_is(words, end + 2, "only");
}

bool answer_denied(const struct words *words, size_t begin, size_t end)
{
    static const char *const turns[] = {"but",     "and",          "then", "so",
                                        "because", "\u0628\u0644", NULL};

    for (size_t i = begin; i > 0 && begin - i < WINDOW; i--) {
        if (words->items[i].before >= BREAK_CLAUSE) break;
        if (words_match(words, i - 1, turns)) break;
        if (denies(words, i - 1) || (i == begin && words_is(words, i - 1, "no"))) return true;
    }
    return denied_behind(words, end);
}

int answer_yes_no(const struct words *words, size_t index)
{
    static const char *const yes[] = {
        "yes", "yeah", "yep", "\u0646\u0639\u0645", "\u0627\u062C\u0644", NULL};
    static const char *const no[] = {"no", "nope", "\u0644\u0627", "\u0643\u0644\u0627", NULL};
    int found = words_match(words, index, yes) ? 1 : words_match(words, index, no) ? 0 : -1;

    if (found < 0 || words->items[index].before >= BREAK_CLAUSE) return found;
    if (index + 1 == words->count || words->items[index + 1].before >= BREAK_CLAUSE) return found;
    return index > 1 && words_is(words, index - 1, "is") && words_is(words, index - 2, "answer")
               ? found
               : -1;
}

struct span answer_bare(const struct words *words, struct span span)
{
    static const char *const rows[] = {"i think",
                                       "i believe",
                                       "i would say",
                                       "i'd say",
                                       "in my opinion",
                                       "the answer is",
                                       "answer",
                                       "final answer",
                                       "the",
                                       "a",
                                       "an",
                                       "it is",
                                       "it's",
                                       "that",
                                       "so",
                                       NULL};
    size_t count = 1;

    while (count && span.begin < span.end) {
        count = words_match(words, span.begin, rows);
        if (span.begin + count >= span.end) break;
        span.begin += count;
    }
    return span;
}

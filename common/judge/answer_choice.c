/* One of several options, by its letter or its words; true or false. */
#include "judge/answer_parts.h"

#include <ctype.h>
#include <string.h>

#define OPTIONS 26

struct options {
    struct span span[OPTIONS]; /* in desk->side, the words of all options, without labels */
    size_t count;              /* OPTIONS, with empty spans, where only letters are known */
};

/* The place of a letter: a b c, and in Arabic alef, beh, jeem or teh, dal or theh ... */
static int letter_of(const struct words *words, size_t index)
{
    static const char *const letters[] = {"\u0627", "\u0628", "\u062C", "\u062F", "\u0647",
                                          "\u0648", "\u062A", "\u062B", NULL};
    static const int places[] = {0, 1, 2, 3, 4, 5, 2, 3};
    struct text word = words_item(words, index);

    if (word.len == 1 && word.at[0] >= 'a' && word.at[0] <= 'z') return word.at[0] - 'a';
    for (int i = 0; letters[i]; i++)
        if (text_is(word, letters[i])) return places[i];
    return -1;
}

/* The byte right behind a word, or 0. */
static char behind(struct text text, const struct words *words, size_t index)
{
    size_t end = words->items[index].end;

    while (end < text.len && text.at[end] == '*') end++;
    return end < text.len ? text.at[end] : '\0';
}

static bool ends_clause(const struct words *words, size_t index)
{
    return index + 1 == words->count || words->items[index + 1].before >= BREAK_CLAUSE;
}

/* The letter that stands for an option at index, or -1: '(b)', 'B)', 'option B', 'B is', and a
 * capital before a mark. 'A' before a word is an article, 'I' somebody. */
static int label_at(const struct reading *r, size_t index, size_t begin)
{
    static const char *const names[] = {"option",
                                        "choice",
                                        "letter",
                                        "answer",
                                        "\u0627\u0644\u062E\u064A\u0627\u0631",
                                        "\u0627\u0644\u0627\u062C\u0627\u0628\u0629",
                                        NULL};
    static const char *const verbs[] = {"is", "because", NULL};
    static const char *const joins[] = {"or", "and", NULL};
    const struct words *words = &r->desk->text;
    int letter = letter_of(words, index);
    char first = letter < 0 ? '\0' : r->text.at[words->items[index].from];
    bool capital = first < 0 || (unsigned char)first >= 0x80 || isupper((unsigned char)first);
    bool ends, word = letter == 0 || letter == 'i' - 'a';

    if (letter < 0) return -1;
    ends = ends_clause(words, index);
    if (behind(r->text, words, index) == ')') return letter;
    if (index && words_match(words, index - 1, names) && (capital || ends)) return letter;
    if (index == begin && (ends || (capital && !word))) return letter;
    if (!capital || letter == 'i' - 'a') return -1;
    if (words_match(words, index + 1, joins) && index + 2 < words->count &&
        letter_of(words, index + 2) >= 0)
        return letter;
    if (!word && words->items[index].before >= BREAK_CLAUSE) return letter;
    if (ends || (words_match(words, index + 1, verbs) && (unsigned char)first < 0x80))
        return letter;
    return -1;
}

/* An option's words without 'A)' before them. */
static struct span without_label(const struct words *words, struct text text, struct span span,
                                 size_t number)
{
    char mark;

    if (span.end - span.begin < 2 || letter_of(words, span.begin) != (int)number) return span;
    mark = behind(text, words, span.begin);
    if (mark && strchr(").]:-", mark)) span.begin++;
    return span;
}

static void read_options(struct reading *r, struct options *options)
{
    const struct judge_key *key = r->key;
    struct judge_desk *desk = r->desk;
    size_t ends[OPTIONS], word = 0;

    *options = (struct options){.count = key->option_count < OPTIONS ? key->option_count : OPTIONS};
    desk->scratch.len = 0;
    for (size_t i = 0; i < options->count; i++) {
        buffer_add(&desk->scratch, key->options[i].at, key->options[i].len);
        ends[i] = desk->scratch.len;
        buffer_byte(&desk->scratch, '\n');
    }
    words_read(&desk->side, (struct text){desk->scratch.at, desk->scratch.len});
    for (size_t i = 0; i < options->count; i++) {
        struct span span = {word, word};

        while (span.end < desk->side.count && desk->side.items[span.end].from < ends[i]) span.end++;
        word = span.end;
        options->span[i] =
            without_label(&desk->side, (struct text){desk->scratch.at, desk->scratch.len}, span, i);
    }
    if (!options->count) options->count = OPTIONS;
}

/* The option whose words stand at index, the longest, or -1. */
static int words_option(const struct words *words, const struct words *side,
                        const struct options *options, size_t index, size_t *count)
{
    int found = -1;

    *count = 0;
    for (size_t i = 0; i < options->count; i++) {
        size_t len = options->span[i].end - options->span[i].begin;

        if (len <= *count || !words_same(words, index, side, options->span[i].begin, len)) continue;
        found = (int)i;
        *count = len;
    }
    return found;
}

/* The option named at index, by letter and words or either, and how many words that takes. */
static int option_at(const struct reading *r, const struct options *options, size_t index,
                     size_t begin, size_t *count)
{
    const struct words *words = &r->desk->text;
    int label = label_at(r, index, begin), said;

    said = words_option(words, &r->desk->side, options, index, count);
    if (said >= 0) return said;
    if (label < 0 || (size_t)label >= options->count) return -1;
    said = words_option(words, &r->desk->side, options, index + 1, count);
    *count = said == label ? *count + 1 : 1;
    return label;
}

/* 'B or C', 'A, B': two are named at once. */
static bool is_joined(const struct words *words, size_t from, size_t to)
{
    static const char *const joins[] = {"or", "and", "\u0627\u0648", NULL};

    if (to - from > 2) return false;
    for (size_t i = from; i < to; i++)
        if (words_match(words, i, joins)) return true;
    return from == to && words->items[to].before == BREAK_CLAUSE;
}

/* The first option that is named and not denied; -1 for none, or for two at once. Options that are
 * only listed, each behind its letter, are not named. */
static int option_in(const struct reading *r, const struct options *options, struct span span)
{
    const struct words *words = &r->desk->text;
    size_t count, end = 0, listed = 0;
    int found = -1;

    for (size_t i = span.begin; i < span.end; i += count ? count : 1) {
        int option = option_at(r, options, i, span.begin, &count);

        if (option < 0 || words->items[i].asked || answer_denied(words, i, i + count)) continue;
        if ((size_t)option == listed && words->items[i].before == BREAK_LINE) listed++;
        if (found >= 0 && option != found && is_joined(words, end, i)) return -1;
        if (found < 0) found = option;
        if (option == found) end = i + count;
    }
    return listed >= 2 && listed == r->key->option_count ? -1 : found;
}

/* 1 for true, 0 for false, -1. */
static int truth_at(const struct words *words, size_t index, size_t *count)
{
    static const char *const yes[] = {"true",
                                      "correct",
                                      "\u0635\u062D",
                                      "\u0635\u062D\u064A\u062D",
                                      "\u0635\u062D\u064A\u062D\u0629",
                                      NULL};
    static const char *const no[] = {"false",
                                     "incorrect",
                                     "wrong",
                                     "untrue",
                                     "\u062E\u0637\u0627",
                                     "\u062E\u0627\u0637\u0626",
                                     "\u062E\u0627\u0637\u0626\u0629",
                                     NULL};
    size_t is = words_match(words, index, yes), isnt = words_match(words, index, no);

    *count = is ? is : isnt;
    return is ? 1 : isnt ? 0 : -1;
}

static int truth_in(const struct words *words, struct span span)
{
    size_t count;

    for (size_t i = span.begin; i < span.end; i++) {
        int truth = truth_at(words, i, &count);

        if (words->items[i].asked) continue;
        if (truth < 0) truth = answer_yes_no(words, i), count = 1;
        if (truth < 0) continue;
        if (i + 2 < span.end && words_is(words, i + 1, "or")) {
            i += 2;
            continue;
        }
        return answer_denied(words, i, i + count) ? !truth : truth;
    }
    return -1;
}

static bool is_truth(const struct words *key)
{
    size_t count;

    return key->count == 1 && truth_at(key, 0, &count) >= 0;
}

bool answer_is_choice(const struct judge_key *key, const struct words *words)
{
    return key->option_count || is_truth(words) || (words->count == 1 && letter_of(words, 0) >= 0);
}

/* The right option: a letter, with or without words, or its words. */
static int key_option(const struct reading *r, const struct options *options)
{
    const struct words *key = &r->desk->key;
    size_t count;
    int said, letter = key->count ? letter_of(key, 0) : -1;
    char mark = letter < 0 ? '\0' : behind(r->key->answer, key, 0);

    if (!key->count) return -1;
    said = words_option(key, &r->desk->side, options, 0, &count);
    if (said >= 0 && count == key->count) return said;
    if (letter >= 0 && (key->count == 1 || (mark && strchr(").]:-", mark)))) return letter;
    return -1;
}

static bool judge_truth(struct reading *r, struct buffer *out)
{
    const struct words *words = &r->desk->text;
    struct span span;
    size_t count;
    int found = -1;

    if (answer_announced(r, &span)) found = truth_in(words, span);
    if (found < 0) found = truth_in(words, answer_whole(r));
    if (out && found >= 0) buffer_text(out, found ? "true" : "false");
    return found >= 0 && found == truth_at(&r->desk->key, 0, &count);
}

bool answer_choice(struct reading *r, struct buffer *out)
{
    struct options options;
    struct span span;
    int found = -1;

    if (!r->key->option_count && is_truth(&r->desk->key)) return judge_truth(r, out);
    read_options(r, &options);
    if (answer_announced(r, &span)) found = option_in(r, &options, span);
    if (found < 0) found = option_in(r, &options, answer_whole(r));
    if (out && found >= 0) buffer_byte(out, (char)('a' + found));
    return found >= 0 && found == key_option(r, &options);
}

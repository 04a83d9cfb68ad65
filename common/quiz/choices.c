#include "quiz/choices.h"

#include "records/value.h"

#include <math.h>
#include <string.h>

#define NONE SIZE_MAX

static struct text trimmed(struct text text)
{
    while (text.len && memchr(" \t\r\n", text.at[0], 4)) text.at++, text.len--;
    while (text.len && memchr(" \t\r\n", text.at[text.len - 1], 4)) text.len--;
    return text;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The bytes of the letter at the beginning, which counts from 0; 0 where there is none. */
static size_t letter_length(struct text text, size_t *letter)
{
    static const char arabic[][3] = {"أ", "ب", "ج", "د", "ه", "و"};

    if (!text.len) return 0;
    for (size_t i = 0; i < sizeof arabic / sizeof *arabic && text.len >= 2; i++)
        if (memcmp(text.at, arabic[i], 2) == 0) return *letter = i, 2;
    *letter = (size_t)((text.at[0] | 0x20) - 'a');
    return *letter < CHOICES_MOST && (unsigned char)text.at[0] < 0x80;
}

/* 'B) ' or '(B) ' or 'B. ' or 'B: ' and what follows; a label may end the text. */
static bool take_label(struct text *text, size_t *letter)
{
    const bool open = text->len && text->at[0] == '(';
    const struct text inner = {text->at + open, text->len - open};
    const size_t len = letter_length(inner, letter);
    struct text rest = {inner.at + len, inner.len - len};

    if (!len || !rest.len || !memchr(open ? ")))" : ").:", rest.at[0], 3)) return false;
    rest.at++, rest.len--;
    if (rest.len && rest.at[0] != ' ' && rest.at[0] != '\t') return false;
    *text = trimmed(rest);
    return true;
}

/* All options are labelled, or none is. */
static bool drop_labels(struct choices *choices, struct err *err)
{
    struct text rest[CHOICES_MOST];
    size_t labelled = 0, wrong = NONE;

    for (size_t i = 0; i < choices->count; i++) {
        size_t letter;

        rest[i] = choices->items[i];
        if (!take_label(&rest[i], &letter)) continue;
        labelled++;
        if (letter != i && wrong == NONE) wrong = i;
    }
    if (labelled < choices->count) return true;
    if (wrong != NONE)
        return err_set(err, "the label of option %zu is not '%c'", wrong + 1, (int)('A' + wrong));
    memcpy(choices->items, rest, sizeof rest[0] * choices->count);
    return true;
}

static bool check_items(const struct choices *choices, struct err *err)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (!choices->items[i].len) return err_set(err, "option %zu is empty", i + 1);
        for (size_t j = 0; j < i; j++)
            if (same(choices->items[i], choices->items[j]))
                return err_set(err, "options %zu and %zu are the same", j + 1, i + 1);
    }
    return true;
}

bool choices_read(struct choices *choices, const struct value *array, struct scan *list,
                  struct buffer *texts, struct err *err)
{
    choices->count = 0;
    if (array->kind != KIND_ARRAY)
        return err_set(err, "'options' is %s, not an array", kind_name(array->kind));
    scan_json(list, array->at, array->len); /* it was scanned as a part already */
    if (list->count < 2 || list->count > CHOICES_MOST)
        return err_set(err, "'options' has %zu of them, not 2 to %d", list->count, CHOICES_MOST);
    for (size_t i = 0; i < list->count; i++) {
        const struct value *item = &list->members[i].value;

        if (item->kind != KIND_STRING)
            return err_set(err, "option %zu is %s, not a string", i + 1, kind_name(item->kind));
        choices->items[choices->count++] = trimmed(value_text(item, texts));
    }
    return drop_labels(choices, err) && check_items(choices, err);
}

static bool find_number(const struct choices *choices, const struct value *answer, size_t *found,
                        struct err *err)
{
    double number;

    if (!value_number(answer, &number) || number != floor(number) || number < 0 ||
        number >= (double)choices->count)
        return err_set(err, "the answer is %.*s, but options are counted from 0 to %zu",
                       (int)(answer->len < 40 ? answer->len : 40), answer->at, choices->count - 1);
    *found = (size_t)number;
    return true;
}

static size_t by_letter(const struct choices *choices, struct text text)
{
    size_t letter, len = letter_length(text, &letter);

    if (len && len == text.len) return letter < choices->count ? letter : NONE;
    if (!take_label(&text, &letter) || letter >= choices->count) return NONE;
    return !text.len || same(text, choices->items[letter]) ? letter : NONE;
}

static size_t by_text(const struct choices *choices, struct text text)
{
    size_t i = 0;

    while (i < choices->count && !same(text, choices->items[i])) i++;
    return i < choices->count ? i : NONE;
}

bool choices_find(const struct choices *choices, const struct value *answer, struct buffer *texts,
                  size_t *found, struct err *err)
{
    struct text text;
    size_t lettered, named;

    if (answer->kind == KIND_NUMBER) return find_number(choices, answer, found, err);
    if (answer->kind != KIND_STRING)
        return err_set(err, "the answer is %s, not one of the options", kind_name(answer->kind));
    text = trimmed(value_text(answer, texts));
    lettered = by_letter(choices, text);
    named = by_text(choices, text);
    if (lettered != NONE && named != NONE && lettered != named)
        return err_set(err, "the answer '%.*s' is the letter of one option and the text of another",
                       (int)text.len, text.at);
    *found = lettered != NONE ? lettered : named;
    return *found != NONE || err_set(err, "the answer '%.*s' is none of the options",
                                     (int)(text.len < 80 ? text.len : 80), text.at);
}

#include "options/option_value.h"

#include "core/memory.h"
#include "core/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_size(const char *text, size_t *value)
{
    unsigned long long number;
    char *end;

    if (!isdigit((unsigned char)text[0])) return false;
    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno || *end != '\0' || number > SIZE_MAX) return false;
    *value = (size_t)number;
    return true;
}

/* '512M' is 512 times 1024 times 1024. */
static bool parse_bytes(const char *text, size_t *value)
{
    static const char units[] = "KMGT";
    char digits[24];
    const size_t len = strspn(text, "0123456789");
    const char *unit = text[len] ? strchr(units, text[len]) : NULL;
    const unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

    if (len >= sizeof digits || (text[len] && (!unit || text[len + 1]))) return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (!parse_size(digits, value) || *value > SIZE_MAX >> shift) return false;
    *value <<= shift;
    return true;
}

static bool parse_flag(const char *text, bool *value)
{
    *value = !text || strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    return *value || strcmp(text, "no") == 0 || strcmp(text, "false") == 0;
}

/* The words of a choice stand in the row's operand, separated by '|'. */
static bool parse_choice(const char *words, const char *text, size_t *value)
{
    size_t len = strlen(text);

    if (strchr(text, '|')) return false;
    for (*value = 0; len; ++*value) {
        size_t word = strcspn(words, "|");

        if (word == len && memcmp(words, text, len) == 0) return true;
        if (!words[word]) break;
        words += word + 1;
    }
    return false;
}

static void list_add(struct option_list *list, const char *text)
{
    list->items = mem_room(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = text;
}

bool option_value_set(const struct option_spec *row, const char *text, struct err *err)
{
    switch (row->type) {
    case OPTION_FLAG:
        return parse_flag(text, row->value) ||
               err_set(err, "--%s takes yes or no, not '%.80s'", row->name, text);
    case OPTION_TEXT:
    case OPTION_LINES: *(const char **)row->value = text; return true;
    case OPTION_LIST: list_add(row->value, text); return true;
    case OPTION_SIZE:
        return parse_size(text, row->value) ||
               err_set(err, "--%s takes a whole number, not '%.80s'", row->name, text);
    case OPTION_BYTES:
        return parse_bytes(text, row->value) ||
               err_set(err, "--%s takes a size such as 512M or 8G, not '%.80s'", row->name, text);
    case OPTION_NUMBER:
        return parse_number(text, row->value) ||
               err_set(err, "--%s takes a number, not '%.80s'", row->name, text);
    case OPTION_CHOICE:
        return parse_choice(row->operand, text, row->value) ||
               err_set(err, "--%s takes %s, not '%.80s'", row->name, row->operand, text);
    }
    return false;
}

struct text option_value_word(const struct option_spec *row)
{
    const char *word = row->operand;

    for (size_t i = *(const size_t *)row->value; i > 0; i--) word += strcspn(word, "|") + 1;
    return (struct text){word, strcspn(word, "|")};
}

static bool list_text(const struct option_list *list, struct buffer *out)
{
    for (size_t i = 0; i < list->count; i++)
        buffer_format(out, "%s%s", i ? "," : "", list->items[i]);
    return list->count > 0;
}

/* With as many digits as it takes to read it back. */
static void number_text(double value, struct buffer *out)
{
    char text[32];
    int digits = 15;

    do snprintf(text, sizeof text, "%.*g", digits++, value);
    while (digits < 18 && fabs(strtod(text, NULL) - value) > 0);
    buffer_text(out, text);
}

bool option_value_text(const struct option_spec *row, struct buffer *out)
{
    const char *text;
    struct text word;

    switch (row->type) {
    case OPTION_FLAG: buffer_text(out, *(const bool *)row->value ? "yes" : "no"); return true;
    case OPTION_TEXT:
    case OPTION_LINES:
        text = *(const char *const *)row->value;
        if (text) buffer_text(out, text);
        return text != NULL;
    case OPTION_LIST: return list_text(row->value, out);
    case OPTION_SIZE:
    case OPTION_BYTES: buffer_format(out, "%zu", *(const size_t *)row->value); return true;
    case OPTION_NUMBER: number_text(*(const double *)row->value, out); return true;
    case OPTION_CHOICE:
        word = option_value_word(row);
        buffer_add(out, word.at, word.len);
        return true;
    }
    return false;
}

void option_value_default(const struct option_spec *row, char *out, size_t room)
{
    out[0] = '\0';
    if (row->type == OPTION_TEXT && *(const char *const *)row->value)
        snprintf(out, room, " [%s]", *(const char *const *)row->value);
    if (row->type == OPTION_SIZE && *(const size_t *)row->value)
        snprintf(out, room, " [%zu]", *(const size_t *)row->value);
    if (row->type == OPTION_NUMBER && fabs(*(const double *)row->value) < 1e300 &&
        *(const double *)row->value != 0) /* numbers that large stand for none */
        snprintf(out, room, " [%g]", *(const double *)row->value);
    if (row->type == OPTION_CHOICE) {
        const struct text word = option_value_word(row);

        snprintf(out, room, " [%.*s]", (int)word.len, word.at);
    }
}

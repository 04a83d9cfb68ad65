#include "filter/where.h"

#include "core/number.h"
#include "records/value.h"

#include <math.h>
#include <string.h>

#define WHOLE_EXACT 0x1p53 /* up to here a double is the whole number it was read from */

static const struct {
    const char *sign;
    enum where_test test;
} signs[] = {{"!=", WHERE_OTHER}, {"!~", WHERE_LACKS}, {"<=", WHERE_MOST},
             {">=", WHERE_LEAST}, {"==", WHERE_EQUAL}, {"=", WHERE_EQUAL},
             {"<", WHERE_LESS},   {">", WHERE_MORE},   {"~", WHERE_HOLDS}};

bool wheres_add(struct wheres *wheres, const char *condition, struct err *err)
{
    const char *begin = condition + strspn(condition, " "), *p;
    size_t len = strcspn(begin, " =!<>~"), sign = 0;
    struct where where;

    p = begin + len;
    p += strspn(p, " ");
    while (sign < sizeof signs / sizeof signs[0] &&
           strncmp(p, signs[sign].sign, strlen(signs[sign].sign)) != 0)
        sign++;
    if (!len || sign == sizeof signs / sizeof signs[0])
        return err_set(err,
                       "--where takes 'FIELD OP VALUE' with = != < <= > >= ~ or !~, not '%.80s'",
                       condition);
    if (wheres->count == WHERES_MOST)
        return err_set(err, "more than %d times --where", WHERES_MOST);
    p += strlen(signs[sign].sign);
    p += strspn(p, " ");
    where = (struct where){.path = mem_copy_text(begin), .test = signs[sign].test};
    where.text = where.path + (p - begin);
    for (size_t end = strlen(where.text); end && where.text[end - 1] == ' ';)
        where.text[--end] = '\0';
    where.path[len] = '\0';
    where.is_number = parse_any_number(where.text, &where.number);
    if (where.test >= WHERE_LESS && where.test <= WHERE_LEAST && !where.is_number) {
        err_set(err, "--where: '%.80s' is not a number", where.text);
        mem_free(where.path);
        return false;
    }
    wheres->items[wheres->count++] = where;
    return true;
}

void wheres_release(struct wheres *wheres)
{
    for (size_t i = 0; i < wheres->count; i++) mem_free(wheres->items[i].path);
    wheres->count = 0;
}

static size_t sign_len(struct text number)
{
    return number.len && (number.at[0] == '-' || number.at[0] == '+');
}

static bool is_whole(struct text number)
{
    size_t i = sign_len(number);

    while (i < number.len && number.at[i] >= '0' && number.at[i] <= '9') i++;
    return i == number.len;
}

static struct text digits_of(struct text whole)
{
    size_t i = sign_len(whole);

    while (i < whole.len && whole.at[i] == '0') i++;
    return (struct text){whole.at + i, whole.len - i};
}

/* Of two whole numbers of one sign: below, at or above 0 as a is below, at or above b. */
static int whole_order(struct text a, struct text b)
{
    struct text x = digits_of(a), y = digits_of(b);
    int order = x.len != y.len ? (x.len < y.len ? -1 : 1) : memcmp(x.at, y.at, x.len);

    return a.at[0] == '-' ? -order : order;
}

/* The same for the field's number and the condition's. Rounding keeps the order of numbers, so
 * their digits matter only where the doubles are equal, and large enough to have been rounded. */
static int number_order(const struct where *where, const struct value *value, double number)
{
    struct text field = {value->at, value->len}, wanted = text_of(where->text);

    if (number < where->number || number > where->number) return number < where->number ? -1 : 1;
    if (fabs(number) < WHOLE_EXACT || !is_whole(field) || !is_whole(wanted)) return 0;
    return whole_order(field, wanted);
}

static bool number_holds(const struct where *where, const struct value *value, bool *decided)
{
    double number;
    int order;

    *decided = where->is_number && value->kind == KIND_NUMBER;
    if (!*decided) return false;
    value_number(value, &number);
    order = number_order(where, value, number);
    switch (where->test) {
    case WHERE_EQUAL: return order == 0;
    case WHERE_OTHER: return order != 0;
    case WHERE_LESS: return order < 0;
    case WHERE_MOST: return order <= 0;
    case WHERE_MORE: return order > 0;
    case WHERE_LEAST: return order >= 0;
    case WHERE_HOLDS:
    case WHERE_LACKS: *decided = false;
    }
    return false;
}

static bool text_holds(const struct where *where, struct text text)
{
    size_t len = strlen(where->text);

    switch (where->test) {
    case WHERE_EQUAL: return text_is(text, where->text);
    case WHERE_OTHER: return !text_is(text, where->text);
    case WHERE_HOLDS: return !len || memmem(text.at, text.len, where->text, len);
    case WHERE_LACKS: return len && !memmem(text.at, text.len, where->text, len);
    case WHERE_LESS:
    case WHERE_MOST:
    case WHERE_MORE:
    case WHERE_LEAST: break;
    }
    return false;
}

static bool where_holds(const struct where *where, struct pair *pair, struct buffer *scratch)
{
    const struct value *value = pair_find(pair, where->path);
    bool decided, holds;

    if (!value) return where->test == WHERE_OTHER || where->test == WHERE_LACKS;
    holds = number_holds(where, value, &decided);
    if (decided) return holds;
    scratch->len = 0;
    return text_holds(where, value->kind == KIND_STRING ? value_text(value, scratch)
                                                        : (struct text){value->at, value->len});
}

bool wheres_hold(const struct wheres *wheres, struct pair *pair, struct buffer *scratch)
{
    for (size_t i = 0; i < wheres->count; i++)
        if (!where_holds(&wheres->items[i], pair, scratch)) return false;
    return true;
}

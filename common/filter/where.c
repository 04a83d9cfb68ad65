#include "filter/where.h"

#include "core/number.h"
#include "records/value.h"

#include <string.h>

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
    where.is_number = parse_number(where.text, &where.number);
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

static bool number_holds(const struct where *where, const struct value *value, bool *decided)
{
    double number;

    *decided = where->is_number && value_number(value, &number);
    if (!*decided) return false;
    switch (where->test) {
    case WHERE_EQUAL: return number == where->number;
    case WHERE_OTHER: return number != where->number;
    case WHERE_LESS: return number < where->number;
    case WHERE_MOST: return number <= where->number;
    case WHERE_MORE: return number > where->number;
    case WHERE_LEAST: return number >= where->number;
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

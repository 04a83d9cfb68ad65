#include "tokens/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fields_open(struct fields *fields, struct text json, struct err *err, const char *format, ...)
{
    char where[256];
    va_list args;

    *fields = (struct fields){.err = err};
    va_start(args, format);
    vsnprintf(where, sizeof where, format, args);
    va_end(args);
    buffer_text(&fields->where, where);
    if (!scan_json(&fields->scan, json.at, json.len))
        return fields_fail(fields, "byte %zu of it: %s", fields->scan.column, fields->scan.problem);
    if (fields->scan.root.kind != KIND_OBJECT)
        return fields_fail(fields, "%s where an object must stand",
                           kind_name(fields->scan.root.kind));
    buffer_reserve(&fields->texts, json.len);
    return true;
}

bool fields_enter(struct fields *inner, struct fields *outer, const char *name)
{
    const struct value *value = fields_value(outer, name);

    *inner = (struct fields){0};
    if (!value) return fields_fail(outer, "'%s' is missing", name);
    return fields_open(inner, (struct text){value->at, value->len}, outer->err, "%.*s: '%s'",
                       (int)outer->where.len, outer->where.at, name);
}

void fields_release(struct fields *fields)
{
    scan_release(&fields->scan);
    buffer_release(&fields->texts);
    buffer_release(&fields->where);
}

bool fields_fail(struct fields *fields, const char *format, ...)
{
    char what[320];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(fields->err, "%.*s: %s", (int)fields->where.len, fields->where.at, what);
}

const struct value *fields_value(struct fields *fields, const char *name)
{
    struct member *member = scan_member(&fields->scan, name);

    if (!member) return NULL;
    member->tag = 1;
    return member->value.kind == KIND_NULL ? NULL : &member->value;
}

bool fields_flag(struct fields *fields, const char *name, bool *out)
{
    const struct value *value = fields_value(fields, name);

    if (!value) return true;
    if (value->kind != KIND_TRUE && value->kind != KIND_FALSE)
        return fields_fail(fields, "'%s' is %s, not true or false", name, kind_name(value->kind));
    *out = value->kind == KIND_TRUE;
    return true;
}

bool fields_whole(struct fields *fields, const char *name, uint32_t *out)
{
    const struct value *value = fields_value(fields, name);
    double number;

    if (!value) return true;
    if (!value_number(value, &number) || number < 0 || number > UINT32_MAX ||
        number != (double)(uint32_t)number)
        return fields_fail(fields, "'%s' is not a whole number below 2^32", name);
    *out = (uint32_t)number;
    return true;
}

bool fields_text(struct fields *fields, const char *name, struct text *out)
{
    const struct value *value = fields_value(fields, name);

    if (!value) return true;
    if (value->kind != KIND_STRING)
        return fields_fail(fields, "'%s' is %s, not a string", name, kind_name(value->kind));
    *out = value_text(value, &fields->texts);
    return true;
}

bool fields_need(struct fields *fields, const char *const *names)
{
    for (; *names; names++)
        if (!scan_member(&fields->scan, *names))
            return fields_fail(fields, "'%s' is missing", *names);
    return true;
}

void fields_ignore(struct fields *fields, const char *const *names)
{
    for (; *names; names++) fields_value(fields, *names);
}

bool fields_end(struct fields *fields)
{
    for (size_t i = 0; i < fields->scan.count; i++) {
        const struct member *member = &fields->scan.members[i];

        if (!member->tag)
            return fields_fail(fields, "%.*s is not supported",
                               (int)(member->key.len < 80 ? member->key.len : 80), member->key.at);
    }
    return true;
}

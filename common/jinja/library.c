#include "jinja/library.h"

#include <string.h>

/* The place of name among the names of a row, or CALL_SLOTS. */
static size_t find_name(const char *names, struct text name)
{
    size_t slot = 0;

    while (*names) {
        size_t len = strcspn(names, " ");

        if (len == name.len && memcmp(names, name.at, len) == 0) return slot;
        slot++;
        names += len + (names[len] == ' ');
    }
    return CALL_SLOTS;
}

static size_t count_names(const char *names)
{
    size_t count = *names != '\0';

    for (; *names; names++) count += *names == ' ';
    return count;
}

bool call_sort(struct call *call, const char *arguments)
{
    size_t room = count_names(arguments);

    for (size_t i = 0; i < CALL_SLOTS; i++) call->slot[i].kind = DATUM_ABSENT;
    for (size_t i = 0; i < call->count; i++) {
        struct text name = call->names[i];
        size_t slot = name.len > 0 ? find_name(arguments, name) : i;

        if (name.len > 0 && slot == CALL_SLOTS)
            return err_set(call->work->err, "'%s' takes no argument '%.*s'", call->name,
                           (int)name.len, name.at);
        if (slot >= room)
            return err_set(call->work->err, "'%s' takes at most %zu arguments, not %zu", call->name,
                           room, call->count);
        if (call->slot[slot].kind != DATUM_ABSENT)
            return err_set(call->work->err, "'%s' is given '%.*s' twice", call->name, (int)name.len,
                           name.at);
        call->slot[slot] = call->given[i];
    }
    return true;
}

static bool sort_for(struct call *call, const char *name, const char *arguments)
{
    call->name = name;
    return work_spend(call->work, 0) && (*arguments == '*' || call_sort(call, arguments));
}

bool filter_call(const struct filter *filter, struct call *call, struct datum *out)
{
    return sort_for(call, filter->name, filter->arguments) && filter->run(call, out);
}

bool method_call(const struct method *method, struct call *call, struct datum *out)
{
    if (!method->run && call->self.kind == DATUM_TEXT)
        return err_set(call->work->err, "the method '%s' is not supported", method->name);
    if (!method->run)
        return err_set(call->work->err, "'%s' would change %s, which no template may", method->name,
                       datum_name(&call->self));
    if (call->self.kind == DATUM_TEXT && call->self.safe)
        return err_set(call->work->err, "'%s' of a string marked safe is not supported",
                       method->name);
    return sort_for(call, method->name, method->arguments) && method->run(call, out);
}

bool global_call(const struct global *global, struct call *call, struct datum *out)
{
    return sort_for(call, global->name, global->arguments) && global->run(call, out);
}

bool tester_call(const struct tester *tester, struct call *call, bool *holds)
{
    call->name = tester->name;
    if (call->count != tester->arguments)
        return err_set(call->work->err, "the test '%s' takes %zu arguments, not %zu", tester->name,
                       tester->arguments, call->count);
    return work_spend(call->work, 0) && tester->run(call, holds);
}

bool slot_text(const struct call *call, size_t slot, struct text missing, struct text *text)
{
    const struct datum *given = &call->slot[slot];

    *text = given->kind == DATUM_TEXT ? given->text : missing;
    if (given->kind == DATUM_TEXT || given->kind == DATUM_ABSENT) return true;
    return err_set(call->work->err, "'%s' wants a string, not %s", call->name, datum_name(given));
}

bool need_text(const struct call *call, size_t slot, struct text *text)
{
    if (call->slot[slot].kind != DATUM_ABSENT) return slot_text(call, slot, TEXT(""), text);
    return err_set(call->work->err, "'%s' wants a string", call->name);
}

bool need_short_text(const struct call *call, size_t slot, struct text *text)
{
    if (!need_text(call, slot, text)) return false;
    if (text->len <= 256) return true;
    return err_set(call->work->err, "'%s' by so long a string is not supported", call->name);
}

bool slot_int(const struct call *call, size_t slot, int64_t missing, int64_t *whole)
{
    const struct datum *given = &call->slot[slot];

    *whole = given->kind == DATUM_INT    ? given->whole
             : given->kind == DATUM_BOOL ? given->truth
                                         : missing;
    if (given->kind == DATUM_INT || given->kind == DATUM_BOOL || given->kind == DATUM_ABSENT)
        return true;
    return err_set(call->work->err, "'%s' wants an integer, not %s", call->name, datum_name(given));
}

bool slot_true(const struct call *call, size_t slot)
{
    return datum_true(&call->slot[slot]);
}

#include "records/messages.h"

#include "records/value.h"

#include <string.h>

static bool known_role(const struct value *role)
{
    static const struct text roles[] = {TEXT("user"), TEXT("assistant"), TEXT("system"),
                                        TEXT("tool"), TEXT("developer")};

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (value_is(role, roles[i])) return true;
    return false;
}

bool message_parse(const struct value *element, struct scan *scan, struct message *message,
                   struct err *err)
{
    struct member *role, *content;

    if (element->kind != KIND_OBJECT)
        return err_set(err, "a message is %s, not an object", kind_name(element->kind));
    scan_json(scan, element->at, element->len);
    role = scan_member(scan, "role");
    content = scan_member(scan, "content");
    if (!role || role->value.kind != KIND_STRING) return err_set(err, "a message has no role");
    if (!known_role(&role->value))
        return err_set(err,
                       "a message has the role %.*s; known are system, developer, user, "
                       "assistant and tool",
                       (int)(role->value.len < 40 ? role->value.len : 40), role->value.at);
    if (!content || content->value.kind != KIND_STRING)
        return err_set(err, "a message's content is %s, not a string",
                       kind_name(content ? content->value.kind : KIND_ABSENT));
    *message = (struct message){&role->value, &content->value};
    return true;
}

static bool check_each(const struct value *array, struct scan *list, struct scan *scan, bool answer,
                       struct err *err)
{
    struct message message;

    scan_json(list, array->at, array->len);
    if (!list->count) return err_set(err, "it has no messages");
    for (size_t i = 0; i < list->count; i++) {
        if (!message_parse(&list->members[i].value, scan, &message, err)) return false;
        if (answer && i == 0 && !value_is(message.role, TEXT("assistant")))
            return err_set(err, "it begins with a message of the role %.*s, not \"assistant\"",
                           (int)message.role->len, message.role->at);
    }
    return true;
}

bool messages_check(const struct value *array, struct scan *list, struct scan *scan,
                    struct err *err)
{
    return check_each(array, list, scan, false, err);
}

bool messages_check_answer(const struct value *array, struct scan *list, struct scan *scan,
                           struct err *err)
{
    return check_each(array, list, scan, true, err);
}

/* Members beside role and content, such as a tool's name or calls, as they were written. */
static void add_others(const struct scan *scan, const struct message *message, struct buffer *out)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct member *member = &scan->members[i];

        if (&member->value == message->role || &member->value == message->content) continue;
        buffer_byte(out, '\x1f');
        buffer_add(out, member->key.at, member->key.len);
        buffer_add(out, member->value.at, member->value.len);
    }
}

typedef void add_message(const struct scan *scan, const struct message *message, bool first,
                         struct buffer *out);

static void add_each(const struct value *array, struct scan *list, struct scan *scan,
                     add_message *add, struct buffer *out)
{
    struct message message;
    struct err err;

    scan_json(list, array->at, array->len);
    for (size_t i = 0; i < list->count; i++)
        if (message_parse(&list->members[i].value, scan, &message, &err))
            add(scan, &message, i == 0, out);
}

static void add_content(const struct scan *scan, const struct message *message, bool first,
                        struct buffer *out)
{
    (void)scan;
    if (!first) buffer_byte(out, '\n');
    value_unescape(message->content, out);
}

static void add_all(const struct scan *scan, const struct message *message, bool first,
                    struct buffer *out)
{
    (void)first;
    value_unescape(message->role, out);
    buffer_byte(out, '\x1f');
    value_unescape(message->content, out);
    add_others(scan, message, out);
    buffer_byte(out, '\x1e');
}

void messages_text(const struct value *array, struct scan *list, struct scan *scan,
                   struct buffer *out)
{
    add_each(array, list, scan, add_content, out);
}

void messages_identity(const struct value *array, struct scan *list, struct scan *scan,
                       struct buffer *out)
{
    add_each(array, list, scan, add_all, out);
}

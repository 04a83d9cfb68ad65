/* Conversations: what is a message, and what a list of them says. */
#include "records/messages.h"

#include "check.h"

#define MESSAGE(role, content) "{\"role\":\"" role "\",\"content\":\"" content "\"}"

static struct scan root, list, inner;

static const char *check(const char *json)
{
    static struct err err;

    if (!CHECK(scan_json(&root, json, strlen(json)))) return json;
    return messages_check(&root.root, &list, &inner, &err) ? "good" : err.text;
}

TEST(lists)
{
    CHECK_TEXT(check("[" MESSAGE("user", "") "]"), "good");
    CHECK_TEXT(check("[" MESSAGE("system", "a") "," MESSAGE("developer", "b") "," MESSAGE(
                   "user", "c") "," MESSAGE("assistant", "d") "," MESSAGE("tool", "e") "]"),
               "good");
    CHECK_TEXT(check("[{\"x\":[1],\"content\":\"c\",\"r\\u006fle\":\"us\\u0065r\"}]"), "good");
    CHECK_TEXT(check("[]"), "it has no messages");
    CHECK_TEXT(check("[null]"), "a message is null, not an object");
    CHECK_TEXT(check("[" MESSAGE("user", "") ",[]]"), "a message is an array, not an object");
    CHECK_TEXT(check("[{}]"), "a message has no role");
    CHECK_TEXT(check("[" MESSAGE("User", "") "]"),
               "a message has the role \"User\"; known are system, developer, user, assistant and "
               "tool");
    CHECK_TEXT(check("[" MESSAGE("an-uncommonly-long-role-that-nobody-has-ever-heard-of", "") "]"),
               "a message has the role \"an-uncommonly-long-role-that-nobody-has; known are "
               "system, developer, user, assistant and tool");
    CHECK_TEXT(check("[{\"role\":\"user\",\"content\":null}]"),
               "a message's content is null, not a string");
}

static const char *check_answer(const char *json)
{
    static struct err err;

    if (!CHECK(scan_json(&root, json, strlen(json)))) return json;
    return messages_check_answer(&root.root, &list, &inner, &err) ? "good" : err.text;
}

TEST(answers)
{
    CHECK_TEXT(check_answer("[" MESSAGE("assistant", "a") "," MESSAGE("user", "b") "]"), "good");
    CHECK_TEXT(check_answer("[" MESSAGE("\\u0061ssistant", "a") "]"), "good");
    CHECK_TEXT(check_answer("[" MESSAGE("user", "a") "," MESSAGE("assistant", "b") "]"),
               "it begins with a message of the role \"user\", not \"assistant\"");
    CHECK_TEXT(check_answer("[]"), "it has no messages");
}

static void check_text_of(const char *json, bool whole, struct text want)
{
    struct buffer out = {0};

    buffer_byte(&out, '+');
    CHECK(scan_json(&root, json, strlen(json)));
    if (whole)
        messages_identity(&root.root, &list, &inner, &out);
    else
        messages_text(&root.root, &list, &inner, &out);
    CHECK(out.len == want.len && memcmp(out.at, want.at, want.len) == 0);
    buffer_release(&out);
}

TEST(texts)
{
    const char *two = "[" MESSAGE("user", "a\\n") "," MESSAGE("tool", "") "]";

    check_text_of("[" MESSAGE("user", "\\u0041b") "]", false, TEXT("+Ab"));
    check_text_of(two, false, TEXT("+a\n\n"));
    check_text_of(two, true,
                  TEXT("+user\x1f"
                       "a\n\x1etool\x1f\x1e"));
    check_text_of("[{\"name\":\"n\",\"role\":\"tool\",\"content\":\"c\"}]", true,
                  TEXT("+tool\x1f"
                       "c\x1f\"name\"\"n\"\x1e"));
}

TEST(parts_of_a_message)
{
    const char *json = MESSAGE("tool", "x\\ty");
    struct message message;
    struct err err;

    CHECK(scan_json(&root, json, strlen(json)));
    CHECK(message_parse(&root.root, &inner, &message, &err));
    CHECK(message.role->len == 6 && memcmp(message.role->at, "\"tool\"", 6) == 0);
    CHECK(message.content->len == 6 && message.content->escaped);
}

int main(void)
{
    RUN(lists);
    RUN(answers);
    RUN(texts);
    RUN(parts_of_a_message);
    scan_release(&root);
    scan_release(&list);
    scan_release(&inner);
    return check_end();
}

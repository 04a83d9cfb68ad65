/* Values of a JSON object by key: there, missing, null, of another type. */
#include "place/object.h"

#include "check.h"

static struct err err;

static bool parse(struct object *object, const char *json)
{
    return check_claim(object_parse(object, text_of(json), "o", &err), __FILE__, __LINE__, "%s",
                       err.text);
}

TEST(values)
{
    struct object object, inner;
    uint64_t count = 0;
    double number = 0;
    bool yes = false;
    const char *text = "";

    if (!parse(&object, "{\"n\":7,\"f\":0.5,\"b\":true,\"t\":\"a\\u00e9\",\"o\":{\"k\":[]}}"))
        return;
    CHECK(object_count(&object, "n", &count, &err) == 1 && count == 7);
    CHECK(object_number(&object, "n", &number, &err) == 1 && number == 7);
    CHECK(object_number(&object, "f", &number, &err) == 1 && number == 0.5);
    CHECK(object_bool(&object, "b", &yes, &err) == 1 && yes);
    CHECK(object_text(&object, "t", &text, &err) == 1);
    CHECK_TEXT(text, "a\xc3\xa9");
    CHECK(object_inner(&object, "o", &inner, &err) == 1);
    CHECK(object_count(&inner, "k", &count, &err) == -1);
    CHECK_TEXT(err.text, "o: 'o.k' is not a whole number from 0");
    object_release(&object);
}

TEST(missing_and_null)
{
    struct object object, inner;
    uint64_t count = 5;
    size_t length = 5;
    const char *text = "as it was";

    if (!parse(&object, "{\"n\":null}")) return;
    CHECK(object_count(&object, "n", &count, &err) == 0 && count == 5);
    CHECK(object_count(&object, "m", &count, &err) == 0 && count == 5);
    CHECK(object_text(&object, "n", &text, &err) == 0);
    CHECK_TEXT(text, "as it was");
    CHECK(object_inner(&object, "n", &inner, &err) == 0);
    CHECK(object_list(&object, "n", &length, &err) == 0 && length == 5);
    CHECK(!object_has(&object, "n") && !object_has(&object, "m"));
    object_release(&object);
}

TEST(other_types)
{
    struct object object, inner;
    uint64_t count;
    double number;
    bool yes;
    size_t length;
    const char *text;

    if (!parse(&object, "{\"l\":[1,\"x\",{}]}")) return;
    CHECK(object_count(&object, "l", &count, &err) == -1);
    CHECK_TEXT(err.text, "o: 'l' is not a whole number from 0");
    CHECK(object_number(&object, "l", &number, &err) == -1);
    CHECK_TEXT(err.text, "o: 'l' is not a number");
    CHECK(object_bool(&object, "l", &yes, &err) == -1);
    CHECK_TEXT(err.text, "o: 'l' is not true or false");
    CHECK(object_text(&object, "l", &text, &err) == -1);
    CHECK_TEXT(err.text, "o: 'l' is not a string");
    CHECK(object_inner(&object, "l", &inner, &err) == -1);
    CHECK_TEXT(err.text, "o: 'l' is not an object");
    CHECK(object_list(&object, "l", &length, &err) == 1 && length == 3 && object_has(&object, "l"));
    CHECK(!object_list_text(&object, "l", 0) && !object_list_text(&object, "l", 3));
    CHECK_TEXT(object_list_text(&object, "l", 1), "x");
    CHECK(!object_list_inner(&object, "l", 1, &inner) &&
          object_list_inner(&object, "l", 2, &inner));
    object_release(&object);
}

TEST(ids)
{
    static const char *const bad[] = {"-2", "2147483648", "1.0", "[1,[2]]", "[1,2,3]", "true"};
    struct object object;
    uint32_t found[2] = {9, 9};
    size_t count = 0;

    if (parse(&object, "{\"a\":[3,-1,4,3],\"b\":5,\"c\":-1}")) {
        CHECK(object_ids(&object, "a", found, 2, &count, &err) == 1 && count == 2);
        CHECK(found[0] == 3 && found[1] == 4);
        CHECK(object_ids(&object, "b", found, 2, &count, &err) == 1 && count == 1 && found[0] == 5);
        CHECK(object_ids(&object, "c", found, 2, &count, &err) == 1 && count == 0);
        CHECK(object_ids(&object, "d", found, 2, &count, &err) == 0);
        object_release(&object);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[64];

        snprintf(json, sizeof json, "{\"a\":%s}", bad[i]);
        if (!parse(&object, json)) continue;
        CHECK(object_ids(&object, "a", found, 2, &count, &err) == -1);
        CHECK_TEXT(err.text, "o: 'a' is not a token's number or a short list of them");
        object_release(&object);
    }
}

TEST(not_an_object)
{
    static const struct {
        struct text json;
        const char *want;
    } cases[] = {
        {{NULL, 0}, "o:1: '[' or '{' expected near end of file"},
        {TEXT("7"), "o:1: '[' or '{' expected near '7'"},
        {TEXT("[1]"), "o: not a JSON object"},
        {TEXT("{\"a\":\"\\u0000\"}"),
         "o:1: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\u0000\"'"},
        {TEXT("{\n\"a\":1,\n\"a\":1}"), "o:3: duplicate object key near '\"a\"'"},
        {TEXT("{\"a\":NaN}"), "o:1: invalid token near 'NaN'"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct object object;

        CHECK(!object_parse(&object, cases[i].json, "o", &err));
        CHECK_TEXT(err.text, cases[i].want);
    }
}

/* Brackets inside of strings are no depth. */
TEST(depth)
{
    struct buffer text = {0};
    struct object object;

    buffer_text(&text, "{\"a\":\"");
    for (int i = 0; i < 100; i++) buffer_text(&text, "[\\\"");
    buffer_text(&text, "\",\"b\":");
    for (int i = 0; i < 63; i++) buffer_text(&text, "[");
    for (int i = 0; i < 63; i++) buffer_text(&text, "]");
    buffer_text(&text, "}");
    CHECK(object_parse(&object, (struct text){text.at, text.len}, "o", &err));
    object_release(&object);
    text.len -= 64;
    buffer_text(&text, "[");
    CHECK(!object_parse(&object, (struct text){text.at, text.len}, "o", &err));
    CHECK_TEXT(err.text, "o: nested more than 64 deep");
    buffer_release(&text);
}

int main(void)
{
    RUN(values);
    RUN(missing_and_null);
    RUN(other_types);
    RUN(ids);
    RUN(not_an_object);
    RUN(depth);
    return check_end();
}

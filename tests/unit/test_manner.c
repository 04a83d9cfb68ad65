#include "chat/manner.h"
#include "check.h"

static void reads(const char *json, const char *want)
{
    struct manner manner;
    struct buffer out = {0};
    struct err err = {""};

    manner_init(&manner, 0.7);
    if (!CHECK(manner_read(&manner, text_of(json), "g.json", &err))) printf("# %s\n", err.text);
    manner_show(&manner, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

TEST(what_a_model_says)
{
    static const char none[] = "max-new-tokens 500\ntemperature 0.7\ntop-k 0\ntop-p 1\nmin-p 0\n"
                               "repetition-penalty 1\nseed 42\n";

    reads("{}", none);
    reads("{\"temperature\":0.2}", none);
    reads("{\"do_sample\":false,\"top_k\":5}", none);
    reads("[1]", none);
    reads("{\"do_sample\":true,\"temperature\":0.6,\"top_k\":20,\"top_p\":0.95,\"min_p\":null,"
          "\"repetition_penalty\":1.1,\"max_new_tokens\":2048,\"eos_token_id\":[1,2]}",
          "max-new-tokens 2048\ntemperature 0.6\ntop-k 20\ntop-p 0.95\nmin-p 0\n"
          "repetition-penalty 1.1\nseed 42\n");
    reads("{\"do_sample\":true}", "max-new-tokens 500\ntemperature 1\ntop-k 0\ntop-p 1\nmin-p 0\n"
                                  "repetition-penalty 1\nseed 42\n");
}

static void refuses_json(const char *json, const char *why)
{
    struct manner manner;
    struct err err = {""};

    manner_init(&manner, 0);
    CHECK(!manner_read(&manner, text_of(json), "g.json", &err));
    CHECK_TEXT(err.text, why);
}

TEST(what_a_model_cannot_say)
{
    refuses_json("{\"do_sample\":", "g.json: the text ends too early at byte 14");
    refuses_json("{\"do_sample\":true,\"top_p\":\"1\"}",
                 "g.json: 'top_p' is not a number above 0 and up to 1");
    refuses_json("{\"do_sample\":true,\"temperature\":-1}",
                 "g.json: 'temperature' is not a number from 0 on");
    refuses_json("{\"do_sample\":true,\"top_k\":1.5}",
                 "g.json: 'top_k' is not a whole number from 0 on");
}

static void refuses(const char *name, const char *value, const char *why)
{
    struct manner manner;
    struct err err = {""};

    manner_init(&manner, 0);
    CHECK(!manner_set(&manner, text_of(name), text_of(value), &err));
    CHECK_TEXT(err.text, why);
}

TEST(set_by_name)
{
    struct manner manner;
    struct err err = {""};

    manner_init(&manner, 0);
    CHECK(manner_set(&manner, text_of("top_p"), text_of("0.5"), &err));
    CHECK(manner_set(&manner, text_of("max-new-tokens"), text_of("7"), &err));
    CHECK_NEAR(manner_sampling(&manner).top_p, 0.5, 0);
    CHECK_INT(manner.most, 7);
    refuses("heat", "1", "no parameter is called 'heat'");
    refuses("seed", "-1", "seed takes a whole number from 0 on, not '-1'");
    refuses("top-p", "0", "top-p takes a number above 0 and up to 1, not '0'");
    refuses("top-p", "", "top-p takes a number above 0 and up to 1, not ''");
    refuses("max-new-tokens", "1e9",
            "max-new-tokens takes a whole number from 1 to 1000000, not '1e9'");
    refuses("min-p", "0.11111111111111111111111111111111111111111111111111111111111111111111",
            "min-p takes a number from 0 to 1, not so long a text");
}

static bool given(const char *name)
{
    return strcmp(name, "seed") == 0;
}

TEST(what_is_given_wins)
{
    struct manner manner, options;
    struct err err = {""};

    manner_init(&manner, 0.7);
    manner_init(&options, 0);
    options.seed = 7;
    manner_take(&manner, &options, given);
    CHECK_INT(manner_sampling(&manner).seed, 7);
    CHECK_NEAR(manner.temperature, 0.7, 0);
    CHECK(manner_check(&manner, "--", &err));
    manner.min_p = 2;
    CHECK(!manner_check(&manner, "--", &err));
    CHECK_TEXT(err.text, "--min-p takes a number from 0 to 1");
}

int main(void)
{
    RUN(what_a_model_says);
    RUN(what_a_model_cannot_say);
    RUN(set_by_name);
    RUN(what_is_given_wins);
    return check_end();
}

/* Each rule of dpo-filter by itself, at its bound and on either side of it. */
#include "filter/rules.h"

#include "check.h"
#include "unit/files.h"

#define PAIR(more) "{\"prompt\":\"p\",\"chosen\":\"good\",\"rejected\":\"bad\"" more "}"
#define ANSWERS(c, r) "{\"prompt\":\"p\",\"chosen\":\"" c "\",\"rejected\":\"" r "\"}"

static struct pair pair;
static struct buffer scratch;
static enum unseen_match last_match;
static struct lengths lengths;

/* The name of the rule that the line breaks, or "passed". */
static const char *judge(const struct rules *rules, const char *line)
{
    struct err err;
    struct ruling ruling;

    if (!CHECK(pair_parse(&pair, text_of(line), &err))) return err.text[0] ? line : "";
    ruling = rules_judge(rules, &pair, &lengths, &scratch);
    last_match = ruling.match;
    return ruling.rule == RULES_PASSED ? "passed" : rule_name((size_t)ruling.rule);
}

TEST(always)
{
    const struct rules rules = RULES_INIT;

    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS(" ", "r")), "blank");
    CHECK_TEXT(judge(&rules, ANSWERS("x", "x")), "identical");
}

TEST(tokens)
{
    struct rules rules = RULES_INIT;

    lengths = (struct lengths){10, 30};
    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
    rules.max_tokens = 30;
    rules.max_prompt_tokens = 10;
    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
    rules.max_prompt_tokens = 9;
    CHECK_TEXT(judge(&rules, PAIR("")), "max-prompt-tokens");
    rules.max_tokens = 29;
    CHECK_TEXT(judge(&rules, PAIR("")), "max-tokens");
}

TEST(min_consensus)
{
    struct rules rules = RULES_INIT;

    rules.min_consensus = 0.7;
    CHECK_TEXT(judge(&rules, PAIR(",\"consensusStrength\":0.7")), "min-consensus");
    CHECK_TEXT(judge(&rules, PAIR(",\"consensusStrength\":0.70000000000000007")), "passed");
    CHECK_TEXT(judge(&rules, PAIR(",\"consensusStrength\":0")), "min-consensus");
    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
    CHECK_TEXT(judge(&rules, PAIR(",\"source\":\"debate:1\"")), "min-consensus");
    CHECK_TEXT(judge(&rules, PAIR(",\"source\":\"debate:1\",\"consensusStrength\":null")),
               "min-consensus");
    rules.keep_unrated = true;
    CHECK_TEXT(judge(&rules, PAIR(",\"source\":\"debate:1\"")), "passed");
    rules.min_consensus = 0;
    CHECK_TEXT(judge(&rules, PAIR(",\"consensusStrength\":0")), "min-consensus");
}

TEST(min_gap)
{
    struct rules rules = RULES_INIT;

    rules.min_gap = 0.25;
    CHECK_TEXT(judge(&rules, PAIR(",\"chosen_score\":0.75,\"rejected_score\":0.5")), "passed");
    CHECK_TEXT(judge(&rules, PAIR(",\"chosen_score\":0.75,\"rejected_score\":0.501")), "min-gap");
    CHECK_TEXT(judge(&rules, PAIR(",\"chosen_score\":1,\"rejected_score\":9")), "min-gap");
    CHECK_TEXT(judge(&rules, PAIR(",\"chosen_score\":1")), "passed");
}

TEST(lengths)
{
    struct rules rules = RULES_INIT;

    rules.min_chars = 2;
    CHECK_TEXT(judge(&rules, ANSWERS("\xc3\xa9\\u00e9", "ab")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS("ab", "\xc3\xa9")), "min-chars");
    CHECK_TEXT(judge(&rules, ANSWERS("a", "abc")), "min-chars");
    rules.min_chars = 0;
    rules.max_chars = 3;
    CHECK_TEXT(judge(&rules, ANSWERS("abc", "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS("abcd", "a")), "max-chars");
    CHECK_TEXT(judge(&rules, ANSWERS("a", "abcd")), "max-chars");
    rules.max_chars = 0;
    rules.length_ratio = 2;
    CHECK_TEXT(judge(&rules, ANSWERS("ab", "abcd")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS("ab", "abcde")), "length-ratio");
    CHECK_TEXT(judge(&rules, ANSWERS("abcde", "ab")), "length-ratio");
}

#define TALK(role)                                                                                 \
    "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"},{\"role\":\"" role                         \
    "\",\"content\":\"q\"}],\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"rejected\":" \
    "[{"                                                                                           \
    "\"role\":\"assistant\",\"content\":\"b\"}]}"

TEST(roles)
{
    struct rules rules = RULES_INIT;

    CHECK_TEXT(judge(&rules, TALK("assistant")), "passed");
    rules.user_last = true;
    CHECK_TEXT(judge(&rules, TALK("assistant")), "user-last");
    CHECK_TEXT(judge(&rules, TALK("system")), "user-last");
    CHECK_TEXT(judge(&rules, TALK("user")), "passed");
    CHECK_TEXT(judge(&rules, TALK("tool")), "passed");
    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
}

TEST(texts)
{
    struct rules rules = RULES_INIT;

    rules.no_special = true;
    CHECK_TEXT(judge(&rules, PAIR("")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS("a<|im_\\u0065nd|>", "b")), "no-special");
    rules.no_special = false;
    rules.no_placeholders = true;
    CHECK_TEXT(judge(&rules, ANSWERS("a<|im_end|>", "b")), "passed");
    CHECK_TEXT(judge(&rules, ANSWERS("a", "[Your Name]")), "no-placeholders");
    rules.no_placeholders = false;
    rules.json_actions = true;
    CHECK_TEXT(judge(&rules, PAIR("")), "json-actions");
    CHECK_TEXT(judge(&rules, ANSWERS("Thought: x\\nAction: {\\\"tool\\\":\\\"t\\\",\\\"args\\\":"
                                     "\\\"\\\"}",
                                     "b")),
               "passed");
}

TEST(conditions)
{
    struct rules rules = RULES_INIT;
    struct err err;

    CHECK(scripts_add(&rules.scripts, "arabic=0.5", &err));
    CHECK_TEXT(judge(&rules, PAIR("")), "script");
    CHECK_TEXT(judge(&rules, ANSWERS("\xd9\x85\xd8\xb1\xd8\xad", "\xd8\xa8")), "passed");
    rules.scripts.count = 0;
    CHECK(wheres_add(&rules.wheres, "topic = x", &err));
    CHECK_TEXT(judge(&rules, PAIR("")), "where");
    CHECK_TEXT(judge(&rules, PAIR(",\"topic\":\"x\"")), "passed");
    wheres_release(&rules.wheres);
    CHECK(unseen_load(&rules.unseen, files_text("seen", "{\"prompt\":\"P!\"}\n"), &err));
    CHECK_TEXT(judge(&rules, PAIR("")), "unseen");
    CHECK_INT(last_match, UNSEEN_NEAR);
    CHECK_TEXT(judge(&rules, "{\"prompt\":\"P!\",\"chosen\":\"a\",\"rejected\":\"b\"}"), "unseen");
    CHECK_INT(last_match, UNSEEN_SAME);
    CHECK_TEXT(judge(&rules, "{\"prompt\":\"P!\",\"chosen\":\"a\",\"rejected\":\"a\"}"),
               "identical");
    CHECK_INT(last_match, UNSEEN_NEW);
    unseen_release(&rules.unseen);
}

TEST(names)
{
    for (size_t i = 0; i < rules_count(); i++) {
        CHECK(*rule_name(i) && *rule_why_empty(i));
        for (size_t j = 0; j < i; j++) CHECK(strcmp(rule_name(i), rule_name(j)) != 0);
    }
}

int main(void)
{
    RUN(always);
    RUN(tokens);
    RUN(min_consensus);
    RUN(min_gap);
    RUN(lengths);
    RUN(roles);
    RUN(texts);
    RUN(conditions);
    RUN(names);
    pair_release(&pair);
    buffer_release(&scratch);
    return check_end();
}

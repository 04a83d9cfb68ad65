/* The generator of agent pairs: the chosen answer is right, the rejected one is wrong in the way
 * its fault says, and no two prompts are alike. */
#include "core/memory.h"
#include "judge/action.h"
#include "judge/arithmetic.h"
#include "records/pairs.h"
#include "records/value.h"
#include "synth/synth.h"
#include "synth/synth_words.h"

#include "check.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum { ALL_TOOLS = 7, MANY = 20000 };

static const struct hash_key key = {1, 2};

#define DAY "([0-9]{4}-[0-9]{2}-[0-9]{2}|today|tomorrow|(sun|mon|tues|wednes|thurs|fri|satur)day)"
#define TIME " (0[7-9]|1[0-9]|20):(00|15|30|45)"
#define TITLE "[^;:{}]+"
#define LENGTH "; [1-9][0-9]* min"

/* The grammar in dpo-synth(1). */
static const char calendar_grammar[] =
    "^(create: " TITLE "; (every )?" DAY "(" TIME ")?(" LENGTH ")?"
    "|(book|block): " TITLE "; " DAY TIME LENGTH "|remind: " TITLE "; " DAY TIME "|cancel: " TITLE
    "; " DAY "|move: " TITLE "; " DAY " -> " DAY TIME "|invite: " TITLE "; " TITLE "; " DAY
    "|find: " TITLE "(; " DAY ")?"
    "|free: " DAY "(" TIME ")?(" LENGTH ")?|(list|clear): " DAY ")$";

static regex_t calendar;

/* One record after the other, taken apart. */
struct reading {
    struct synth synth;
    struct pair pair;
    struct buffer line;
    struct buffer prompt, chosen, rejected, answer, template, fault, scratch;
    struct scan action, wrong;
    bool hard;
};

static void reading_start(struct reading *r, struct synth settings)
{
    *r = (struct reading){.synth = settings};
    synth_start(&r->synth);
}

static void reading_end(struct reading *r)
{
    buffer_release(&r->line);
    buffer_release(&r->prompt);
    buffer_release(&r->chosen);
    buffer_release(&r->rejected);
    buffer_release(&r->answer);
    buffer_release(&r->template);
    buffer_release(&r->fault);
    buffer_release(&r->scratch);
    scan_release(&r->action);
    scan_release(&r->wrong);
    pair_release(&r->pair);
    synth_release(&r->synth);
}

static void take(struct reading *r, struct buffer *out, const char *path)
{
    const struct value *value = pair_find(&r->pair, path);

    out->len = 0;
    if (value && value->kind == KIND_STRING) value_unescape(value, out);
    buffer_byte(out, '\0');
    out->len--;
}

static bool reading_next(struct reading *r)
{
    struct err err = {""};

    r->line.len = 0;
    if (!CHECK(synth_next(&r->synth, &r->line, &err))) return false;
    if (!CHECK(pair_parse(&r->pair, (struct text){r->line.at, r->line.len - 1}, &err)))
        return false;
    CHECK(r->line.at[r->line.len - 1] == '\n');
    CHECK_INT(pair_fault(&r->pair, &err), PAIR_TEACHES);
    take(r, &r->prompt, "prompt");
    take(r, &r->chosen, "chosen");
    take(r, &r->rejected, "rejected");
    take(r, &r->answer, "answer");
    take(r, &r->template, "metadata.template");
    take(r, &r->fault, "metadata.fault");
    r->hard = pair_find(&r->pair, "metadata.hard")->kind == KIND_TRUE;
    return true;
}

static struct text whole(const struct buffer *buffer)
{
    return (struct text){buffer->at, buffer->len};
}

static bool begins(const struct buffer *text, const char *start)
{
    return strncmp(text->at, start, strlen(start)) == 0;
}

static const struct value *member(const struct scan *scan, const char *name)
{
    return &scan_member(scan, name)->value;
}

static bool same(const struct value *a, const struct value *b)
{
    return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* The fault has the effect its name says. */
static void check_fault(struct reading *r)
{
    static const struct {
        const char *name;
        enum action want;
    } faults[] = {{"refusal", ACTION_NO_THOUGHT},    {"invented_result", ACTION_NONE},
                  {"bad_json", ACTION_BAD_JSON},     {"missing_thought", ACTION_NO_THOUGHT},
                  {"wrong_tool", ACTION_GOOD},       {"wrong_args", ACTION_GOOD},
                  {"unknown_tool", ACTION_GOOD},     {"missing_key", ACTION_BAD_MEMBERS},
                  {"extra_key", ACTION_BAD_MEMBERS}, {"text_after", ACTION_TAIL},
                  {"two_actions", ACTION_TWICE},     {"bare_words", ACTION_BAD_JSON},
                  {"wrong_numbers", ACTION_GOOD}};
    enum action got = action_judge(whole(&r->rejected), &r->wrong);
    size_t i = 0;

    while (i < 13 && strcmp(faults[i].name, r->fault.at) != 0) i++;
    if (!check_claim(i < 13, __FILE__, __LINE__, "fault '%s'", r->fault.at)) return;
    check_claim(got == faults[i].want, __FILE__, __LINE__, "'%s' is judged %d: %s", r->fault.at,
                got, r->rejected.at);
    CHECK(r->hard || i < 6);
    if (got != ACTION_GOOD) return;
    CHECK(same(member(&r->wrong, "tool"), member(&r->action, "tool")) ==
          (begins(&r->fault, "wrong_args") || begins(&r->fault, "wrong_numbers")));
    CHECK(same(member(&r->wrong, "args"), member(&r->action, "args")) ==
          (begins(&r->fault, "wrong_tool") || begins(&r->fault, "unknown_tool")));
}

/* Arguments as the manual says; a wrong sum has another value. */
static void check_args(struct reading *r)
{
    struct text args = value_text(member(&r->action, "args"), &r->scratch);
    struct err err;
    double value, wrong;

    buffer_format(&r->scratch, "%.*s", (int)args.len, args.at);
    if (text_is(pair_text(&r->pair, FIELD_TOPIC, &r->scratch), "calculator")) {
        CHECK(arithmetic_eval(args, &value, &err));
        if (begins(&r->fault, "wrong_args") || begins(&r->fault, "wrong_numbers"))
            CHECK(
                arithmetic_eval(value_text(member(&r->wrong, "args"), &r->scratch), &wrong, &err) &&
                fabs(value - wrong) > 1e-9);
    } else if (begins(&r->template, "calendar")) {
        check_claim(regexec(&calendar, r->scratch.at, 0, NULL, 0) == 0, __FILE__, __LINE__, "%s",
                    r->scratch.at);
    } else {
        CHECK(args.len >= 8 && args.len <= 80 && !strpbrk(r->scratch.at, "?{}"));
    }
}

static void check_record(struct reading *r)
{
    struct text topic;

    CHECK(begins(&r->prompt, "User: ") && r->prompt.at[r->prompt.len - 1] == '\n');
    CHECK(!strpbrk(r->prompt.at, "{}|"));
    CHECK(!strstr(r->prompt.at, "  ") && !strstr(r->chosen.at, "  "));
    CHECK_INT(action_judge(whole(&r->chosen), &r->action), ACTION_GOOD);
    CHECK(strstr(r->chosen.at, r->answer.at) != NULL);
    r->scratch.len = 0;
    topic = pair_text(&r->pair, FIELD_TOPIC, &r->scratch);
    CHECK(member(&r->action, "tool")->len == topic.len + 2 &&
          memcmp(member(&r->action, "tool")->at + 1, topic.at, topic.len) == 0);
    check_fault(r);
    r->scratch.len = 0;
    check_args(r);
}

TEST(every_record_is_right_and_wrong)
{
    struct reading r;
    size_t longer = 0;

    CHECK_INT(regcomp(&calendar, calendar_grammar, REG_EXTENDED | REG_NOSUB), 0);
    reading_start(&r,
                  (struct synth){.seed = 3, .part = SYNTH_ALL, .tools = ALL_TOOLS, .hard = 0.5});
    for (int i = 0; i < MANY && reading_next(&r); i++) {
        check_record(&r);
        longer += r.chosen.len > r.rejected.len;
    }
    CHECK_INT(r.synth.written, MANY);
    CHECK_NEAR((double)r.synth.written_hard, MANY / 2.0, MANY / 50.0);
    for (size_t i = 0; i < SYNTH_TOOLS; i++)
        CHECK_NEAR((double)r.synth.by_tool[i], MANY / 3.0, MANY / 50.0);
    CHECK((double)longer / MANY < 0.7); /* length alone does not decide */
    reading_end(&r);
    regfree(&calendar);
}

/* Lower case, runs of digits as '#', no punctuation. */
static struct hash128 shape_of(const char *text, struct buffer *shape)
{
    shape->len = 0;
    for (; *text; text++) {
        if (isdigit((unsigned char)*text) && (!shape->len || shape->at[shape->len - 1] != '#'))
            buffer_byte(shape, '#');
        if (!isdigit((unsigned char)*text) && !ispunct((unsigned char)*text))
            buffer_byte(shape, (char)tolower((unsigned char)*text));
    }
    return hash_bytes(key, shape->at, shape->len);
}

TEST(prompts_differ_in_more_than_digits)
{
    for (size_t seed = 40; seed < 46; seed++) {
        struct seen prompts = {0}, shapes = {0};
        struct buffer shape = {0};
        struct reading r;
        bool fresh;

        reading_start(&r, (struct synth){.seed = seed,
                                         .part = seed % 2 ? SYNTH_HELDOUT : SYNTH_TRAIN,
                                         .tools = ALL_TOOLS,
                                         .hard = 0.3});
        for (int i = 0; i < 2500 && reading_next(&r); i++) {
            seen_add(&prompts, hash_bytes(key, r.prompt.at, r.prompt.len), &fresh);
            seen_add(&shapes, shape_of(r.prompt.at, &shape), &fresh);
        }
        CHECK_INT(prompts.count, 2500);
        CHECK(shapes.count >= 2475);
        buffer_release(&shape);
        seen_release(&prompts);
        seen_release(&shapes);
        reading_end(&r);
    }
}

TEST(many_templates_and_wordings)
{
    const struct synth_book *books[] = {&synth_calculator, &synth_search, &synth_calendar};
    size_t counts[2][2] = {{0}};
    struct seen thoughts = {0};
    struct buffer shape = {0};
    struct reading r;
    bool fresh;

    for (size_t i = 0; i < 4 * SYNTH_TOOLS; i++)
        counts[i / 2 % 2][i % 2] += books[i / 4]->rows[i / 2 % 2][i % 2].count;
    CHECK(counts[0][0] >= 60);
    CHECK(counts[0][1] >= 24);
    CHECK(counts[1][0] + counts[1][1] >= 16);
    reading_start(&r, (struct synth){.seed = 5, .tools = 1});
    for (int i = 0; i < 8000 && reading_next(&r); i++) {
        if (strcmp(r.template.at, "calculator-01") != 0) continue;
        *strchr(r.chosen.at, '\n') = '\0';
        seen_add(&thoughts, shape_of(r.chosen.at, &shape), &fresh);
    }
    CHECK(thoughts.count >= 20);
    buffer_release(&shape);
    seen_release(&thoughts);
    reading_end(&r);
}

TEST(held_out_requests_share_nothing_with_training)
{
    const struct synth_book *books[] = {&synth_calculator, &synth_search, &synth_calendar};
    struct seen seen = {0};
    bool fresh;

    for (size_t i = 0; i < 4 * SYNTH_TOOLS; i++) {
        const struct synth_rows *rows = &books[i / 4]->rows[i / 2 % 2][i % 2];

        for (size_t k = 0; k < rows->count; k++) {
            const char *prompt = rows->rows[k].prompt;

            seen_add(&seen, hash_bytes(key, prompt, strlen(prompt)), &fresh);
            CHECK(fresh);
        }
    }
    seen_release(&seen);
    for (const struct words *list = words_all; list->name; list++) {
        for (size_t i = 0; i < 2; i++) {
            for (size_t k = 0; k < words_count(list->halves[i]); k++) {
                struct text word = words_pick(list->halves[i], k);

                if (!word.len) continue;
                seen_add(&seen, hash_bytes(key, word.at, word.len), &fresh);
                check_claim(fresh, __FILE__, __LINE__, "%s: '%.*s' stands twice", list->name,
                            (int)word.len, word.at);
            }
        }
        seen_release(&seen);
    }
}

TEST(a_record_does_not_depend_on_the_count)
{
    struct synth settings = {.seed = 9, .tools = ALL_TOOLS, .hard = 0.4};
    struct synth a = settings, b = settings;
    struct buffer first = {0}, second = {0};
    struct err err;

    synth_start(&a);
    synth_start(&b);
    for (int i = 0; i < 300; i++) CHECK(synth_next(&a, &first, &err));
    for (int i = 0; i < 100; i++) CHECK(synth_next(&b, &second, &err));
    CHECK(first.len > second.len && memcmp(first.at, second.at, second.len) == 0);
    synth_release(&a);
    synth_release(&b);
    b = settings;
    b.seed = 10;
    synth_start(&b);
    first.len = second.len;
    second.len = 0;
    for (int i = 0; i < 100; i++) CHECK(synth_next(&b, &second, &err));
    CHECK(first.len != second.len || memcmp(first.at, second.at, first.len) != 0);
    synth_release(&b);
    buffer_release(&first);
    buffer_release(&second);
}

TEST(one_tool_alone)
{
    for (size_t tool = 0; tool < SYNTH_TOOLS; tool++) {
        struct reading r;

        reading_start(&r, (struct synth){.seed = 1, .tools = SYNTH_BIT(tool), .hard = 1});
        for (int i = 0; i < 1000 && reading_next(&r); i++) {
            CHECK(begins(&r.template, synth_tool_names[tool]) && r.hard);
            CHECK(!begins(&r.fault, "wrong_tool"));
            for (size_t other = 0; other < SYNTH_TOOLS; other++) {
                const char *names = strstr(r.prompt.at, "with these tools: ");

                CHECK(names && !strncmp(names + 18, synth_tool_names[other],
                                        strlen(synth_tool_names[other])) == (other == tool));
            }
        }
        reading_end(&r);
    }
}

TEST(templates_run_out)
{
    static const struct synth_template row[] = {
        {.prompt = "What is {a:1-5} plus 1?", .subject = "add 1 to {a}", .args = "{a} + 1"}};
    static const struct synth_book book = {{{SYNTH_ROWS(row), {NULL, 0}}, {{NULL, 0}, {NULL, 0}}}};
    struct synth synth = {.seed = 1, .tools = 1, .books = {&book, NULL, NULL}};
    struct buffer line = {0};
    struct err err;

    synth_start(&synth);
    for (int i = 0; i < 5; i++) CHECK(synth_next(&synth, &line, &err));
    CHECK(!synth_next(&synth, &line, &err));
    CHECK_TEXT(err.text, "the templates have no new request for 'calculator' after 5 records");
    synth_release(&synth);
    buffer_release(&line);
}

TEST(lists_of_tools)
{
    struct synth synth = {0};
    struct err err;

    CHECK(synth_set_tools(&synth, "calendar", &err));
    CHECK_INT(synth.tools, 4);
    CHECK(synth_set_tools(&synth, "search,calculator", &err));
    CHECK_INT(synth.tools, 3);
    CHECK(!synth_set_tools(&synth, "search,web", &err));
    CHECK_TEXT(err.text, "no tool is called 'web'; there are calculator, search and calendar");
    CHECK(!synth_set_tools(&synth, "search,search", &err));
    CHECK_TEXT(err.text, "the tool 'search' is named twice");
    CHECK(!synth_set_tools(&synth, "", &err));
    CHECK(!synth_set_tools(&synth, "search,", &err));
}

int main(void)
{
    RUN(every_record_is_right_and_wrong);
    RUN(prompts_differ_in_more_than_digits);
    RUN(many_templates_and_wordings);
    RUN(held_out_requests_share_nothing_with_training);
    RUN(a_record_does_not_depend_on_the_count);
    RUN(one_tool_alone);
    RUN(templates_run_out);
    RUN(lists_of_tools);
    return check_end();
}

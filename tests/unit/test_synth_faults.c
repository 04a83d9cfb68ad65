/* Wrong answers that could be right by chance, and what a fault needs to apply. */
#include "core/memory.h"
#include "judge/arithmetic.h"
#include "records/pairs.h"
#include "records/value.h"
#include "synth/synth.h"

#include "check.h"

#include <string.h>

/* The text behind the last '"args": "' in the answer, up to its closing quote. */
static struct text args_of(struct pair *pair, enum field field, struct buffer *scratch)
{
    struct text answer = pair_text(pair, field, scratch), args = {NULL, 0};

    for (const char *at = answer.at; at < answer.at + answer.len; at++) {
        size_t left = answer.len - (size_t)(at - answer.at);

        if (left > 9 && memcmp(at, "\"args\": \"", 9) == 0)
            args = (struct text){at + 9, strcspn(at + 9, "\"")};
    }
    return args;
}

/* Other numbers often leave the same remainder. */
TEST(a_wrong_sum_has_another_value)
{
    static const struct synth_template row[] = {
        {.prompt = "{ask}What does {a:10-99} leave by {b:2-3}?{end}",
         .subject = "divide",
         .args = "{a} % {b}"}};
    static const struct synth_book book = {
        {{SYNTH_ROWS(row), SYNTH_ROWS(row)}, {{NULL, 0}, {NULL, 0}}}};
    struct synth synth = {.seed = 1, .tools = 1, .hard = 0.5, .books = {&book, NULL, NULL}};
    struct buffer line = {0}, right = {0}, wrong = {0};
    struct pair pair = {0};
    struct err err;
    int checked = 0;

    synth_start(&synth);
    for (int i = 0; i < 3000; i++) {
        double a, b;

        line.len = right.len = wrong.len = 0;
        CHECK(synth_next(&synth, &line, &err));
        CHECK(pair_parse(&pair, (struct text){line.at, line.len - 1}, &err));
        if (!memmem(line.at, line.len, "\"fault\":\"wrong_", 15)) continue;
        checked++;
        CHECK(arithmetic_eval(args_of(&pair, FIELD_CHOSEN, &right), &a, &err) &&
              arithmetic_eval(args_of(&pair, FIELD_REJECTED, &wrong), &b, &err) &&
              fabs(a - b) > 0.5);
    }
    CHECK(checked > 300);
    buffer_release(&line);
    buffer_release(&right);
    buffer_release(&wrong);
    pair_release(&pair);
    synth_release(&synth);
}

/* Requests that need a tool which is not there are left out. */
TEST(no_request_needs_a_missing_tool)
{
    for (unsigned tools = 1; tools < 8; tools++) {
        struct synth synth = {.part = SYNTH_ALL, .tools = tools};

        synth_start(&synth);
        for (size_t tool = 0; tool < SYNTH_TOOLS; tool++)
            for (size_t i = 0; i < synth.choice_counts[tool][1]; i++)
                CHECK((synth.choices[tool][1][i].row->also & ~tools) == 0);
        synth_release(&synth);
    }
}

int main(void)
{
    RUN(a_wrong_sum_has_another_value);
    RUN(no_request_needs_a_missing_tool);
    return check_end();
}

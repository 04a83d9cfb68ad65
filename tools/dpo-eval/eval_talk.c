#include "dpo-eval/eval_talk.h"

#include "core/report.h"
#include "dpo-eval/eval_compare_talk.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "eval/worst.h"
#include "records/value.h"

#include <math.h>
#include <string.h>

#define SHOWN 60 /* bytes of a prompt */

static void notes(const struct eval_test *test)
{
    if (test->language.template_differs)
        report_warning("chat_template.jinja and tokenizer_config.json hold different templates; "
                       "the former is used");
    if (test->examples.prompt_split)
        report_note("%llu prompts end within a token that reaches into the answer",
                    (unsigned long long)test->examples.prompt_split);
    if (test->examples.system_lost)
        report_warning("%llu prompts are strings beside a system prompt, which is left out: "
                       "--prompt-format chat",
                       (unsigned long long)test->examples.system_lost);
    if (eval_generates() && test->questions.cut)
        report_warning("%llu prompts lost their beginning: see --max-prompt-length",
                       (unsigned long long)test->questions.cut);
}

static void tell_counts(const struct eval_test *test)
{
    report_count("records", test->questions.count);
    if (!eval_measures(EVAL_PREFERENCE)) return;
    report_count("dropped", test->examples.dropped);
    report_count("tokens", test->examples.scored);
    report_count("cut", test->examples.cut);
    report_count("prompts_cut", test->examples.prompt_cut);
}

static bool is_count(const char *name)
{
    return strcmp(name, "records") == 0 || strcmp(name, "dropped") == 0 ||
           strcmp(name, "tokens") == 0;
}

static void tell_metrics(const struct figures *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (!is_count(metrics->items[i].name) && isfinite(metrics->items[i].number))
            report_number(metrics->items[i].name, metrics->items[i].number, 4);
}

static void tell_faults(const struct judging *judging)
{
    if (!judging->format) return;
    report_title("faults", "answers by their first fault");
    for (enum format_fault fault = 0; fault < FORMAT_FAULTS; fault++)
        if (judging->faults[fault]) report_count(format_fault_name(fault), judging->faults[fault]);
    report_line();
}

/* The metric by which records are told apart: the first of these. */
static const char *leading_metric(const struct marks *marks)
{
    static const char *const names[] = {"answer_accuracy", "quiz_accuracy",      "full_compliance",
                                        "voice",           "consistency",        "agreement",
                                        "margin",          "preference_accuracy"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (marks_values(marks, names[i])) return names[i];
    return NULL;
}

/* The beginning of a text in one line, in whole characters. */
static void shorten(struct buffer *text)
{
    const bool long_one = text->len > SHOWN;

    if (long_one) text->len = SHOWN;
    while (long_one && text->len > 0 && (text->at[text->len] & 0xc0) == 0x80) text->len--;
    for (size_t i = 0; i < text->len; i++)
        if (strchr("\n\r\t", text->at[i])) text->at[i] = ' ';
    if (long_one) buffer_text(text, " ...");
    buffer_byte(text, '\0');
}

static void tell_record(struct eval_test *test, size_t record, const char *name, double score,
                        bool fell)
{
    struct pair pair = {0};
    struct buffer prompt = {0};
    const struct value *id;
    struct err err;

    if (report_is_json()) {
        report_title("worst", name);
        report_count("record", record + 1);
        report_figure("score", score, 6);
        report_line();
        return;
    }
    if (!questions_pair(&test->questions, record, &pair, &err)) die_of(&err);
    pair_add_text(&pair, FIELD_PROMPT, &prompt);
    shorten(&prompt);
    id = pair.fields[FIELD_ID];
    report_table("  %-7.4g %s %-12.*s %s", score, fell ? "fell" : "    ",
                 id ? (int)(id->len < SHOWN ? id->len : SHOWN) : 0, id ? id->at : "", prompt.at);
    pair_release(&pair);
    buffer_release(&prompt);
}

static void tell_worst(struct eval_test *test, const struct eval_outcome *outcome)
{
    const char *name = leading_metric(&outcome->marks);
    const double *scores = name ? marks_values(&outcome->marks, name) : NULL;
    struct worst worst;

    if (!name) return;
    worst_find(&worst, eval_command.worst, &outcome->marks, name,
               outcome->compares ? &outcome->baseline : NULL,
               outcome->compares ? &outcome->comparison.pairing : NULL);
    if (worst.count > 0) report_table("the worst by %s:", name);
    for (size_t i = 0; i < worst.count; i++)
        tell_record(test, worst.records[i], name, scores[worst.records[i]], worst.fell[i]);
}

static void tell_speed(const struct eval_test *test)
{
    report_number("seconds", test->scoring + test->answering, 2);
    if (eval_measures(EVAL_PREFERENCE))
        report_number("tokens_per_second", (double)test->scorer.rows / test->scoring, 0);
    if (eval_generates() && test->answers.tokens > 0)
        report_number("generated_per_second", (double)test->answers.tokens / test->answering, 0);
    report_line();
}

void eval_talk(struct eval_test *test, const struct eval_outcome *outcome)
{
    notes(test);
    if (outcome->compares) eval_compare_talk(&outcome->comparison);
    tell_worst(test, outcome);
    tell_faults(&test->judging);
    tell_counts(test);
    tell_metrics(&outcome->metrics);
    report_line();
    tell_speed(test);
}

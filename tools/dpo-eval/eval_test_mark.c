#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "dpo-eval/eval_test.h"
#include "eval/metrics.h"
#include "records/value.h"

#include <string.h>

/* What each record is known by, and what it belongs to. */
static void mark_records(struct eval_test *test, struct marks *marks)
{
    struct pair pair = {0};
    struct buffer word = {0};
    struct err err;

    marks_init(marks, test->questions.count);
    for (size_t i = 0; i < test->questions.count; i++) {
        if (!questions_pair(&test->questions, i, &pair, &err)) die_of(&err);
        marks->prompts[i] = results_prompt_key(pair.fields[FIELD_PROMPT]);
        marks->keys[i] = marks->prompts[i];
        if (pair.fields[FIELD_ID]) {
            word.len = 0;
            if (pair.fields[FIELD_ID]->kind == KIND_STRING)
                value_unescape(pair.fields[FIELD_ID], &word);
            else
                buffer_add(&word, pair.fields[FIELD_ID]->at, pair.fields[FIELD_ID]->len);
            marks->keys[i] = results_key(buffer_content(&word));
        }
        for (enum question_group group = 0; group < GROUP_COUNT; group++) {
            const struct value *value = question_group(&pair, group);

            word.len = 0;
            if (!value) continue;
            value_unescape(value, &word);
            /* All debates are one source: each of them is a record or two. */
            if (group == GROUP_SOURCE && pair_is_debate(&pair)) word.len = strlen("debate");
            marks_group_add(marks, i, question_groups[group], buffer_content(&word));
        }
    }
    pair_release(&pair);
    buffer_release(&word);
}

void eval_test_list(struct eval_test *test, struct eval_outcome *outcome)
{
    mark_records(test, &outcome->marks);
    if (eval_command.compare) mark_records(test, &outcome->baseline);
}

static void mark_answers(struct eval_test *test, struct eval_outcome *outcome)
{
    struct err err;

    if (eval_command.compare &&
        !judging_mark(&test->judging, ROUND_REFERENCE, &outcome->baseline, &err))
        die_of(&err);
    if (!judging_mark(&test->judging, ROUND_ANSWERS, &outcome->marks, &err)) die_of(&err);
    if (test->judging.answer && test->judging.judged == 0)
        die("no record has an 'answer' to be compared with: there is no answer_accuracy");
}

void eval_test_mark(struct eval_test *test, struct eval_outcome *outcome)
{
    const bool adapted = eval_command.adapter != NULL;

    if (eval_measures(EVAL_PREFERENCE)) {
        metrics_mark(&outcome->marks, &test->examples, test->scorer.scores, eval_command.beta,
                     adapted);
        if (eval_command.compare)
            metrics_mark_reference(&outcome->baseline, &test->examples, test->scorer.scores);
    }
    if (eval_generates()) mark_answers(test, outcome);
    metrics_means(&outcome->marks, &outcome->metrics);
    if (eval_measures(EVAL_PREFERENCE))
        metrics_totals(&test->examples, test->scorer.scores, adapted, &outcome->metrics);
    else
        figures_whole(&outcome->metrics, "records", test->questions.count);
}

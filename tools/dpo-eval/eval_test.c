#include "dpo-eval/eval_test.h"

#include "core/clock.h"
#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "engine.h"
#include "eval/output.h"
#include "machine/available.h"
#include "model/weights_check.h"
#include "records/value.h"

#include <unistd.h>

static void open_decoder(struct eval_test *test)
{
    struct err err;

    test->team = team_start(settings.threads);
    if (!weights_finite(&test->model, test->team, &err) ||
        !base_open(&test->base, &test->model, 16U >> eval_command.bits, NULL, test->team, &err))
        die_of(&err);
    if (eval_command.memory == 0) eval_command.memory = available_memory("");
    decoder_open(&test->decoder, &test->base, engine_precision(eval_command.precision), test->team);
    if (eval_command.adapter) decoder_adapt(&test->decoder, &test->adapter);
}

static void score(struct eval_test *test)
{
    struct err err;
    double began = clock_seconds();

    test->scorer = (struct scorer){.decoder = &test->decoder,
                                   .batch_tokens = eval_command.batch_tokens,
                                   .memory = eval_command.memory};
    if (!scorer_run(&test->scorer, &test->examples, &err)) die_of(&err);
    test->scoring = clock_seconds() - began;
}

void eval_test_run(struct eval_test *test, struct eval_outcome *outcome)
{
    open_decoder(test);
    if (eval_measures(EVAL_PREFERENCE)) score(test);
    if (eval_generates()) eval_test_ask(test);
    eval_test_mark(test, outcome);
}

static void tell_maker(const struct eval_test *test, struct buffer *out)
{
    buffer_text(out, ",\"made_by\":{\"tool\":\"dpo-eval\",\"version\":");
    text_quote(out, text_of(VERSION));
    buffer_text(out, ",\"model\":");
    text_quote(out, text_of(eval_command.model));
    buffer_format(out, ",\"model_hash\":\"%s\",\"adapter\":", test->identity);
    if (eval_command.adapter) {
        text_quote(out, text_of(eval_command.adapter));
        buffer_format(out, ",\"adapter_hash\":\"%s\"", test->adapted);
    } else
        buffer_text(out, "null");
    buffer_format(out, ",\"data_hash\":\"%s\",\"precision\":\"%s\",\"options\":", test->digest,
                  engine_precision(eval_command.precision) == PRECISION_F32 ? "fp32" : "bf16");
    eval_options_tell(EVAL_DECIDES_NUMBERS, out);
    buffer_byte(out, '}');
}

bool eval_test_write(struct eval_test *test, const struct eval_outcome *outcome,
                     struct outfile *out, struct err *err)
{
    const bool preference = eval_measures(EVAL_PREFERENCE);
    struct buffer more = {0};
    struct output output = {.questions = &test->questions,
                            .examples = preference ? &test->examples : NULL,
                            .scores = test->scorer.scores,
                            .answers = eval_generates() ? &test->answers : NULL,
                            .marks = &outcome->marks,
                            .metrics = &outcome->metrics};
    bool good;

    eval_outcome_tell(outcome, &more);
    tell_maker(test, &more);
    output.more = buffer_content(&more);
    good = output_write(&output, out, err);
    buffer_release(&more);
    return good;
}

void eval_test_close(struct eval_test *test)
{
    if (test->journal.path) {
        unlink(test->journal.path);
        journal_close(&test->journal);
    }
    scorer_release(&test->scorer);
    if (eval_generates()) answers_release(&test->answers);
    if (test->judging.voice) voice_close(&test->voice);
    questions_close(&test->questions);
    if (eval_measures(EVAL_PREFERENCE)) examples_close(&test->examples);
    decoder_close(&test->decoder);
    base_close(&test->base);
    team_stop(test->team);
    mem_free(test->stops);
}

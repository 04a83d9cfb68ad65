#include "check.h"
#include "core/lines.h"
#include "eval/answers.h"
#include "eval/output.h"
#include "exam.h"
#include "files.h"
#include "records/value.h"

#include <stdlib.h>

#define MODEL "numeric/models/qwen2"

static const char records[] =
    "{\"id\":1,\"prompt\":\"What is equity?\",\"paraphrases\":[\"Say what equity is.\"]}\n"
    "{\"id\":\"b\",\"prompt\":[{\"role\":\"user\",\"content\":\"Calculate 9 - 4.\"}]}\n"
    "{\"prompt\":\"1234\",\"chosen\":\"5\",\"rejected\":\"6\","
    "\"metadata\":{\"paraphrases\":[\"12\",\"34\"],\"category\":\"sums\"},\"topic\":\"t\"}\n";

/* A model that is asked these records. */
struct asked {
    struct exam exam;
    struct tree_rules rules;
    struct questions questions;
    struct answers answers;
    struct ends ends;
    struct err err;
    bool good;
};

static void ask(struct asked *asked, const char *text, bool adapted)
{
    char *paths[] = {(char *)files_text("records.jsonl", text), NULL};
    struct answers *answers = &asked->answers;

    asked->exam.model = MODEL;
    asked->exam.adapter = adapted ? "eval/adapter" : NULL;
    if (!CHECK(exam_open(&asked->exam))) return;
    asked->questions.language = &asked->exam.language;
    asked->questions.rules = &asked->rules;
    asked->good = questions_read(&asked->questions, paths, 1, &asked->err);
    if (!asked->good) return;
    answers->decoder = &asked->exam.decoder;
    answers->language = &asked->exam.language;
    if (asked->ends.count == 0) ends_init(&asked->ends, &asked->exam.config, CONFIG_NO_ID);
    answers->ends = &asked->ends;
    answers->questions = &asked->questions;
    answers->sampling.top_p = answers->sampling.repetition_penalty = 1;
    if (answers->most == 0) answers->most = 12;
    if (answers->beside == 0) answers->beside = 4;
    if (answers->memory == 0) answers->memory = SIZE_MAX;
    answers_plan(answers);
}

static void close(struct asked *asked)
{
    answers_release(&asked->answers);
    questions_close(&asked->questions);
    exam_close(&asked->exam);
}

static bool same_texts(const struct answers *a, const struct answers *b, enum round round)
{
    for (size_t i = 0; i < a->counts[round]; i++)
        if (!a->rounds[round][i].text || !b->rounds[round][i].text ||
            strcmp(a->rounds[round][i].text, b->rounds[round][i].text) != 0 ||
            a->rounds[round][i].tokens != b->rounds[round][i].tokens)
            return false;
    return true;
}

TEST(questions_have_a_prompt_for_each_of_their_forms)
{
    struct asked asked = {.questions.paraphrases = true};
    struct buffer word = {0};
    struct pair pair = {0};
    char digest[65];

    ask(&asked, records, false);
    if (!CHECK(asked.good)) return;
    CHECK_INT(asked.questions.count, 3);
    CHECK_INT(asked.questions.prompt_count, 6);
    CHECK_INT(asked.questions.items[0].forms, 2);
    CHECK_INT(asked.questions.items[1].forms, 1);
    CHECK_INT(asked.questions.items[2].first, 3);
    CHECK_INT(asked.questions.items[2].forms, 3);
    CHECK_INT(asked.questions.paraphrased, 2);
    CHECK(questions_pair(&asked.questions, 2, &pair, &asked.err));
    CHECK(question_group(&pair, GROUP_SOURCE) == NULL);
    value_unescape(question_group(&pair, GROUP_CATEGORY), &word);
    CHECK(text_is(buffer_content(&word), "sums"));
    CHECK(output_digest(&asked.questions, digest, &asked.err));
    CHECK_INT(strlen(digest), 64);
    pair_release(&pair);
    buffer_release(&word);
    close(&asked);
}

TEST(what_else_is_asked_changes_no_answer)
{
    struct asked wide = {.answers = {.draws = 3, .draw_temperature = 1, .compare = true}};
    struct asked narrow = {
        .exam.threads = 3,
        .answers = {.draws = 3, .draw_temperature = 1, .compare = true, .beside = 1}};
    const struct answer *draws;

    ask(&wide, records, true);
    ask(&narrow, records, true);
    if (!CHECK(wide.good && narrow.good)) return;
    CHECK(answers_run(&wide.answers, &wide.err));
    CHECK(answers_run(&narrow.answers, &narrow.err));
    CHECK_INT(wide.answers.there, 2 * (3 + 9));
    for (enum round round = 0; round < ROUNDS; round++)
        CHECK(same_texts(&wide.answers, &narrow.answers, round));
    draws = answers_of(&wide.answers, ROUND_DRAWS, 0);
    CHECK(strcmp(draws[0].text, draws[1].text) != 0);
    close(&wide);
    close(&narrow);
}

#define ASKED(prompt) "{\"prompt\":\"" prompt "\"}\n"

/* Drawn answers, too, stay as they are when other records come or go; equal prompts differ. */
TEST(a_drawn_answer_is_its_prompts)
{
    static const char *const lines[] = {ASKED("1234") ASKED("56") ASKED("1234") ASKED("7"),
                                        ASKED("7") ASKED("8") ASKED("1234") ASKED("1234")};
    static const size_t places[][2] = {{0, 2}, {2, 3}, {3, 0}};
    struct asked asked[2] = {0};
    const struct answer *drawn[2];

    for (size_t i = 0; i < 2; i++) {
        asked[i].answers.sampling.temperature = asked[i].answers.draw_temperature = 1;
        asked[i].answers.draws = 2;
        ask(&asked[i], lines[i], false);
        if (!CHECK(asked[i].good && answers_run(&asked[i].answers, &asked[i].err))) return;
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 2; j++) drawn[j] = &asked[j].answers.rounds[0][places[i][j]];
        CHECK_TEXT(drawn[0]->text, drawn[1]->text);
        for (size_t j = 0; j < 2; j++)
            drawn[j] = answers_of(&asked[j].answers, ROUND_DRAWS, places[i][j]);
        CHECK_TEXT(drawn[0][0].text, drawn[1][0].text);
        CHECK_TEXT(drawn[0][1].text, drawn[1][1].text);
        CHECK(strcmp(drawn[0][0].text, drawn[0][1].text) != 0);
    }
    CHECK(strcmp(asked[0].answers.rounds[0][0].text, asked[0].answers.rounds[0][2].text) != 0);
    close(&asked[0]);
    close(&asked[1]);
}

/* Hands the lines of a journal on, but for the last ones. */
static size_t recall(struct asked *asked, const char *path, size_t lines)
{
    char *text = files_read(path, NULL), *at = text;
    size_t kept = 0;

    for (char *end; lines-- > 0 && (end = strchr(at, '\n')) != NULL; at = end + 1, kept++)
        CHECK(answers_recall(&asked->answers, (struct text){at, (size_t)(end - at)}, &asked->err));
    mem_free(text);
    return kept;
}

TEST(a_test_goes_on_where_it_was_broken_off)
{
    struct asked first = {.answers = {.draws = 2, .draw_temperature = 1}}, second = first;
    struct journal journal;
    const char *path = files_path("results.part");

    ask(&first, records, false);
    ask(&second, records, false);
    if (!CHECK(first.good && second.good)) return;
    CHECK(journal_open(&journal, path, true, &first.err));
    first.answers.journal = &journal;
    CHECK(answers_run(&first.answers, &first.err));
    CHECK_INT(recall(&second, path, 5), 5);
    CHECK_INT(second.answers.there, 5);
    CHECK(answers_run(&second.answers, &second.err));
    CHECK_INT(second.answers.there, 9);
    CHECK(second.answers.tokens < first.answers.tokens);
    CHECK(same_texts(&first.answers, &second.answers, ROUND_ANSWERS));
    CHECK(same_texts(&first.answers, &second.answers, ROUND_DRAWS));
    journal_close(&journal);
    close(&first);
    close(&second);
}

TEST(lines_that_are_no_answers_are_refused)
{
    static const char *const lines[] = {
        "",
        "7",
        "{}",
        "{\"round\":9,\"number\":0,\"tokens\":1,\"ended\":true,\"text\":\"a\"}",
        "{\"round\":1,\"number\":0,\"tokens\":1,\"ended\":true,\"text\":\"a\"}",
        "{\"round\":0,\"number\":3,\"tokens\":1,\"ended\":true,\"text\":\"a\"}",
        "{\"round\":0,\"number\":-1,\"tokens\":1,\"ended\":true,\"text\":\"a\"}",
        "{\"round\":0,\"number\":0,\"ended\":true,\"text\":\"a\"}",
        "{\"round\":0,\"number\":0,\"tokens\":1,\"text\":\"a\"}",
        "{\"round\":0,\"number\":0,\"tokens\":1,\"ended\":true,\"text\":5}",
        "{\"round\":0,\"number\":0,\"tokens\":1,\"ended\":true,\"text\":\"a"};
    struct asked asked = {0};

    ask(&asked, records, false);
    if (!CHECK(asked.good)) return;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        CHECK(!answers_recall(&asked.answers, text_of(lines[i]), &asked.err));
    CHECK_TEXT(asked.err.text, "this is no answer that was kept");
    CHECK_INT(asked.answers.there, 0);
    close(&asked);
}

TEST(answers_begin_and_end_as_they_are_told)
{
    struct asked plain = {0}, begun = {.questions.begun = TEXT("Thought:")}, stopped = {0};
    const char *whole;
    char stop[2] = "";
    struct text stops[1];

    ask(&plain, records, false);
    ask(&begun, records, false);
    if (!CHECK(plain.good && begun.good)) return;
    CHECK(answers_run(&plain.answers, &plain.err));
    CHECK(answers_run(&begun.answers, &begun.err));
    CHECK(strncmp(begun.answers.rounds[0][0].text, "Thought:", 8) == 0);
    CHECK_INT(begun.questions.prompts[0].count > plain.questions.prompts[0].count, 1);
    whole = plain.answers.rounds[0][0].text;
    CHECK_INT(plain.answers.rounds[0][0].tokens, 12);
    CHECK(!plain.answers.rounds[0][0].ended);
    stop[0] = whole[strlen(whole) - 1];
    stops[0] = text_of(stop);
    stopped.answers.stops = stops;
    stopped.answers.stop_count = 1;
    ask(&stopped, records, false);
    CHECK(answers_run(&stopped.answers, &stopped.err));
    CHECK_INT(stopped.answers.rounds[0][0].len, strchr(whole, stop[0]) - whole);
    CHECK(stopped.answers.rounds[0][0].ended);
    close(&plain);
    close(&begun);
    close(&stopped);
}

/* Any of them ends an answer, and its text is no part of it. */
TEST(each_end_ends)
{
    struct asked plain = {0}, ended = {.ends = {{480, 0}, 2}};
    const struct answer *whole, *cut;
    char *at;

    ask(&plain, records, false);
    if (!CHECK(plain.good)) return;
    CHECK(answers_run(&plain.answers, &plain.err));
    whole = &plain.answers.rounds[0][0];
    at = strchr(whole->text, '#');
    if (!CHECK(at && tokenizer_id(plain.exam.language.tokenizer, TEXT("#"), &ended.ends.ids[1])))
        return;
    ask(&ended, records, false);
    CHECK(answers_run(&ended.answers, &ended.err));
    cut = &ended.answers.rounds[0][0];
    CHECK(cut->ended && cut->tokens < whole->tokens);
    CHECK_INT(cut->len, at - whole->text);
    close(&plain);
    close(&ended);
}

TEST(little_memory_makes_few_answers_at_once_or_an_error)
{
    struct asked plenty = {0}, asked = {.answers.memory = 1}, enough = {0};
    const char *needs;

    ask(&plenty, records, false);
    if (!CHECK(plenty.good) || !CHECK(answers_run(&plenty.answers, &plenty.err))) return;
    ask(&asked, records, false);
    CHECK(!answers_run(&asked.answers, &asked.err));
    CHECK(strstr(asked.err.text, "a prompt of ") == asked.err.text);
    needs = strstr(asked.err.text, " needs ");
    if (CHECK(needs && strstr(needs, "K of memory"))) {
        enough.answers.memory = strtoul(needs + 7, NULL, 10) << 10;
        ask(&enough, records, false);
        CHECK(answers_run(&enough.answers, &enough.err));
        CHECK(same_texts(&plenty.answers, &enough.answers, ROUND_ANSWERS));
        close(&enough);
    }
    close(&plenty);
    close(&asked);
}

static const char *wrong(const char *text)
{
    static struct asked asked;

    asked = (struct asked){.questions.paraphrases = true};
    ask(&asked, text, false);
    if (asked.good) snprintf(asked.err.text, sizeof asked.err.text, "nothing");
    close(&asked);
    return strchr(asked.err.text, '/') ? strrchr(asked.err.text, '/') + 1 : asked.err.text;
}

TEST(what_cannot_be_asked_is_told)
{
    CHECK_TEXT(wrong(""), "there are no records to be asked");
    CHECK_TEXT(wrong("{}\n"), "records.jsonl:1: 'prompt' is missing");
    CHECK_TEXT(wrong("{\"prompt\":7}\n"),
               "records.jsonl:1: 'prompt' is a number, not a string or a list of messages");
    CHECK_TEXT(wrong("{\"prompt\":[{\"role\":1}]}\n"),
               "records.jsonl:1: 'prompt': a message has no role");
    CHECK_TEXT(wrong("{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":5}\n"),
               "records.jsonl:1: 'rejected' is a number, not a string or a list of messages");
    CHECK_TEXT(wrong("{\"prompt\":\"\"}\n"), "records.jsonl:1: 'prompt' has no token");
    CHECK_TEXT(wrong("{\"prompt\":\"a\",\"paraphrases\":[[]]}\n"),
               "records.jsonl:1: paraphrase 1 is an array, but 'prompt' is a string");
    CHECK_TEXT(wrong("{\"prompt\":\"a\"}\n{\"prompt\":\"a\",\"paraphrases\":[\"\"]}\n"),
               "records.jsonl:2: 'prompt' has no token");
}

int main(void)
{
    RUN(questions_have_a_prompt_for_each_of_their_forms);
    RUN(what_else_is_asked_changes_no_answer);
    RUN(a_drawn_answer_is_its_prompts);
    RUN(a_test_goes_on_where_it_was_broken_off);
    RUN(lines_that_are_no_answers_are_refused);
    RUN(answers_begin_and_end_as_they_are_told);
    RUN(each_end_ends);
    RUN(little_memory_makes_few_answers_at_once_or_an_error);
    RUN(what_cannot_be_asked_is_told);
    return check_end();
}

/* Answers that are given here, judged: every mark has a known value. */
#include "check.h"
#include "eval/judging.h"
#include "exam.h"
#include "files.h"

#include <math.h>

/* Records that a model is to be asked, and the judge of what is said for it. */
struct trial {
    struct exam exam;
    struct tree_rules rules;
    struct questions questions;
    struct answers answers;
    struct judging judging;
    struct marks marks;
    struct err err;
};

static bool open_trial(struct trial *trial, const char *records)
{
    char *paths[] = {(char *)files_text("records.jsonl", records), NULL};

    trial->exam.model = "numeric/models/qwen2";
    if (!CHECK(exam_open(&trial->exam))) return false;
    trial->questions.language = &trial->exam.language;
    trial->questions.rules = &trial->rules;
    trial->questions.paraphrases = true;
    if (!CHECK(questions_read(&trial->questions, paths, 1, &trial->err))) return false;
    trial->answers.questions = &trial->questions;
    answers_plan(&trial->answers);
    marks_init(&trial->marks, trial->questions.count);
    trial->judging.questions = &trial->questions;
    trial->judging.answers = &trial->answers;
    trial->judging.seconds = 10;
    return true;
}

/* The answers of a round, in the order of its prompts or draws; NULL ends the list. */
static void say(struct trial *trial, enum round round, const char *const *texts)
{
    for (size_t i = 0; i < trial->answers.counts[round]; i++) {
        const char *text = texts[i];

        if (!text) return;
        trial->answers.rounds[round][i] =
            (struct answer){mem_format("%s", text), strlen(text), 1, true};
    }
}

static void judge(struct trial *trial)
{
    CHECK(judging_mark(&trial->judging, ROUND_ANSWERS, &trial->marks, &trial->err));
}

/* Of each record; NaN: the metric does not apply to it. */
#define CHECK_MARKS(trial, name, ...)                                                              \
    check_marks(trial, name, (const double[]){__VA_ARGS__},                                        \
                sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void check_marks(const struct trial *trial, const char *name, const double *want,
                        size_t count)
{
    const double *values = marks_values(&trial->marks, name);

    check_claim(values != NULL, __FILE__, __LINE__, "'%s' is there", name);
    if (!values) return;
    if (!CHECK(count == trial->marks.count)) return;
    for (size_t i = 0; i < count; i++)
        check_claim(isnan(want[i]) ? isnan(values[i]) : fabs(values[i] - want[i]) < 1e-12, __FILE__,
                    __LINE__, "%s of record %zu is %g, not %g", name, i, values[i], want[i]);
}

static void close_trial(struct trial *trial)
{
    marks_release(&trial->marks);
    answers_release(&trial->answers);
    questions_close(&trial->questions);
    exam_close(&trial->exam);
}

static const char closed[] =
    "{\"id\":1,\"prompt\":\"How many?\",\"answer\":5,\"source\":\"debate:a\"}\n"
    "{\"id\":2,\"prompt\":\"Or?\",\"answer\":\"6\",\"source\":\"book\",\"paraphrases\":[\"Or "
    "so?\"]}\n"
    "{\"id\":3,\"prompt\":\"Well?\",\"chosen\":\"8\"}\n";
static const char *const own[] = {"5", "It is 6.", "7", "8", NULL};
static const char *const draws[] = {"5", "6", "It is 5.", "7", "6", "7", "8", "9", "10", NULL};

TEST(one_answer_is_right_or_wrong)
{
    struct trial trial = {.judging = {.answer = true, .agreement = true}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    judge(&trial);
    CHECK_MARKS(&trial, "answer_accuracy", 1, 1, NAN);
    CHECK_MARKS(&trial, "agreement", 1, NAN, NAN);
    CHECK_MARKS(&trial, "consistency_paraphrases", NAN, 0.5, NAN);
    CHECK(marks_values(&trial.marks, "consistency") == NULL);
    CHECK_INT(trial.judging.judged, 2);
    close_trial(&trial);
}

TEST(of_draws_it_is_the_share)
{
    struct trial trial = {.answers.draws = 3, .judging = {.answer = true, .agreement = true}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    say(&trial, ROUND_DRAWS, draws);
    judge(&trial);
    CHECK_MARKS(&trial, "answer_accuracy", 2 / 3.0, 1 / 3.0, NAN);
    CHECK_MARKS(&trial, "consistency", 2 / 3.0, 2 / 3.0, 1 / 3.0);
    CHECK_MARKS(&trial, "agreement", 1, NAN, NAN);
    close_trial(&trial);
}

/* Neither what is said without a draw, which is right here, nor the first draw is. */
TEST(the_commonest_draw_is_the_spokesman)
{
    static const char *const wrong[] = {"5", "7", "It is 7.", NULL};
    static const char *const greedy[] = {"5", NULL};
    struct trial trial = {.answers.draws = 3, .judging.agreement = true};

    if (!open_trial(&trial, "{\"prompt\":\"a\",\"answer\":5,\"source\":\"debate:a\"}\n")) return;
    say(&trial, ROUND_ANSWERS, greedy);
    say(&trial, ROUND_DRAWS, wrong);
    judge(&trial);
    CHECK_MARKS(&trial, "agreement", 0);
    CHECK(marks_values(&trial.marks, "answer_accuracy") == NULL);
    close_trial(&trial);
}

/* Whoever says the same agrees, be it no answer or nothing; a verdict is only what is one. */
TEST(draws_without_an_answer)
{
    static const char *const same[] = {"I don't know.", "Or?", "Or?", NULL};
    static const char *const said[] = {"I don't know.",
                                       "i don't know",
                                       "I do not.",
                                       "5",
                                       "Well?",
                                       "Hm.",
                                       "Oh.",
                                       "Ah.",
                                       "",
                                       "",
                                       "",
                                       "5",
                                       NULL};
    struct trial trial = {.answers.draws = 4, .judging.agreement = true};

    if (!open_trial(&trial, "{\"prompt\":\"a\",\"answer\":5,\"source\":\"debate:a\"}\n"
                            "{\"prompt\":\"b\",\"answer\":5,\"paraphrases\":[\"b b\"]}\n"
                            "{\"prompt\":\"c\",\"answer\":5,\"source\":\"debate:b\"}\n"))
        return;
    say(&trial, ROUND_ANSWERS, same);
    say(&trial, ROUND_DRAWS, said);
    judge(&trial);
    CHECK_MARKS(&trial, "consistency", 0.5, 0.25, 0.75);
    CHECK_MARKS(&trial, "consistency_paraphrases", NAN, 1, NAN);
    CHECK_MARKS(&trial, "agreement", 1, NAN, 1);
    close_trial(&trial);
}

TEST(open_questions_of_a_quiz)
{
    static const char *const said[] = {
        "Wait for the low.", "Wait for the low.", "sky", "B", "no", NULL};
    struct trial trial = {.judging.quiz = true};

    if (!open_trial(&trial, "{\"prompt\":\"a\",\"type\":\"open\",\"answer\":\"x\",\"key_concepts\":"
                            "[\"wait\",\"sell\",\"low\",\"high\"],\"reference_answer\":\"Wait.\"}\n"
                            "{\"prompt\":\"a\",\"key_concepts\":[],\"reference_answer\":"
                            "\"Wait for the low.\"}\n"
                            "{\"prompt\":\"a\",\"key_concepts\":\"none\"}\n"
                            "{\"prompt\":\"a\",\"type\":\"multiple_choice\",\"answer\":\"B\","
                            "\"options\":[\"A) x\",\"B) y\"]}\n"
                            "{\"prompt\":\"a\",\"type\":\"true_false\",\"answer\":true}\n"))
        return;
    say(&trial, ROUND_ANSWERS, said);
    judge(&trial);
    CHECK_MARKS(&trial, "quiz_accuracy", 0.5, 1, NAN, 1, 0);
    CHECK(marks_values(&trial.marks, "answer_accuracy") == NULL);
    CHECK(fabs(marks_values(&trial.marks, "similarity")[1] - 1) < 1e-12);
    close_trial(&trial);
}

/* A record's tolerance, where it is 0, too, and its question. */
TEST(keys_of_records)
{
    static const char *const said[] = {"100.001", "100.001", "109", "7%", "7%", NULL};
    struct trial trial = {.judging.answer = true};

    if (!open_trial(&trial, "{\"prompt\":\"a\",\"answer\":100}\n"
                            "{\"prompt\":\"a\",\"answer\":100,\"tolerance\":0}\n"
                            "{\"prompt\":\"a\",\"answer\":100,\"tolerance\":0.1}\n"
                            "{\"prompt\":\"a\",\"answer\":7}\n"
                            "{\"prompt\":\"Which percentage?\",\"answer\":7}\n"))
        return;
    say(&trial, ROUND_ANSWERS, said);
    judge(&trial);
    CHECK_MARKS(&trial, "answer_accuracy", 1, 0, 1, 0, 1);
    close_trial(&trial);
}

/* '5' is right and 'It is 5.' half so, whatever the key. */
#define COMMAND                                                                                    \
    "while read -r line; do case $line in *'\"generated\":\"5\"'*) echo 1 ;;"                      \
    " *'It is 5.'*) echo 0.5 ;; *) echo 0 ;; esac; done"

TEST(a_command_judges_each_draw)
{
    struct trial trial = {
        .answers.draws = 3,
        .judging = {.answer = true, .quiz = true, .agreement = true, .command = COMMAND}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    say(&trial, ROUND_DRAWS, draws);
    judge(&trial);
    CHECK_MARKS(&trial, "answer_accuracy", 0.5, 0, 0);
    CHECK_MARKS(&trial, "quiz_accuracy", 0.5, 0, 0);
    CHECK_MARKS(&trial, "agreement", 1, NAN, NAN);
    CHECK_MARKS(&trial, "consistency", 2 / 3.0, 2 / 3.0, 1 / 3.0);
    CHECK_INT(trial.judging.judged, 3);
    close_trial(&trial);
}

TEST(a_command_judges_the_only_answer)
{
    struct trial trial = {.judging = {.answer = true, .command = COMMAND}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    judge(&trial);
    CHECK_MARKS(&trial, "answer_accuracy", 1, 0, 0);
    close_trial(&trial);
}

/* Not its draws: as markers do. */
TEST(a_command_judges_a_voice)
{
    struct trial trial = {.answers.draws = 3, .judging = {.voiced = true, .command = COMMAND}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    say(&trial, ROUND_DRAWS, draws);
    judge(&trial);
    CHECK_MARKS(&trial, "voice", 1, 0, 0);
    CHECK(marks_values(&trial.marks, "voice_negative") == NULL);
    close_trial(&trial);
}

TEST(a_command_that_fails_marks_nothing)
{
    struct trial trial = {.judging = {.answer = true, .command = "echo 1"}};

    if (!open_trial(&trial, closed)) return;
    say(&trial, ROUND_ANSWERS, own);
    CHECK(!judging_mark(&trial.judging, ROUND_ANSWERS, &trial.marks, &trial.err));
    CHECK_TEXT(trial.err.text, "judge 'echo 1' ended after 1 of 3 verdicts");
    CHECK(marks_values(&trial.marks, "answer_accuracy") == NULL);
    close_trial(&trial);
}

int main(void)
{
    RUN(one_answer_is_right_or_wrong);
    RUN(of_draws_it_is_the_share);
    RUN(the_commonest_draw_is_the_spokesman);
    RUN(draws_without_an_answer);
    RUN(open_questions_of_a_quiz);
    RUN(keys_of_records);
    RUN(a_command_judges_each_draw);
    RUN(a_command_judges_the_only_answer);
    RUN(a_command_judges_a_voice);
    RUN(a_command_that_fails_marks_nothing);
    return check_end();
}

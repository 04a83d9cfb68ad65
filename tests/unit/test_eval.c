#include "check.h"
#include "decoder/step.h"
#include "eval/metrics.h"
#include "exam.h"
#include "files.h"
#include "golden.h"
#include "records/value.h"

#define MODEL "numeric/models/qwen2"

/* The golden pairs with the golden adapter. */
static struct exam golden(void)
{
    return (struct exam){.model = MODEL, .adapter = "eval/adapter", .pairs = "eval/pairs.jsonl"};
}

static bool same(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] < b[i] || a[i] > b[i]) return false;
    return true;
}

/* The mean over batches of two of their means: as the trainer logs all but the loss. */
static double mean_of_batches(const double *values, size_t count)
{
    double sum = 0;
    size_t batches = 0;

    for (size_t i = 0; i < count; i += 2, batches++)
        sum += i + 1 < count ? (values[i] + values[i + 1]) / 2 : values[i];
    return sum / (double)batches;
}

static void check_logged(const struct scan *log, const char *name, double value)
{
    const struct member *member = scan_member(log, name);
    double want = 0;

    if (!CHECK(member && value_number(&member->value, &want))) return;
    check_near(value, want, 2e-6 * (1 + fabs(want)), name, __FILE__, __LINE__);
}

TEST(scores_and_metrics_are_those_of_trl)
{
    static const struct {
        const char *name, *metric;
    } logged[] = {{"eval_rewards/chosen", "rewards/chosen"},
                  {"eval_rewards/rejected", "rewards/rejected"},
                  {"eval_rewards/accuracies", "reward_accuracy"},
                  {"eval_rewards/margins", "margin"},
                  {"eval_logps/chosen", "logps/chosen"},
                  {"eval_logps/rejected", "logps/rejected"}};
    struct exam exam = golden();
    struct marks marks;
    struct buffer text = {0};
    struct scan log = {0};
    struct err err;
    const char *at;
    double loss;

    if (!CHECK(golden_read("eval/trl.json", &text)) || !CHECK(exam_open(&exam))) return;
    at = text.at;
    CHECK(golden_line(&at, text.at + text.len, &log));
    if (!CHECK(exam_score(&exam, &err)) || !CHECK(exam.examples.count == 5)) return;
    marks_init(&marks, 5);
    metrics_mark(&marks, &exam.examples, exam.scorer.scores, 0.1, true);
    for (size_t i = 0; i < sizeof logged / sizeof *logged; i++)
        check_logged(&log, logged[i].name,
                     mean_of_batches(marks_values(&marks, logged[i].metric), 5));
    CHECK_INT(marks_mean(&marks, "loss", &loss), 5);
    check_logged(&log, "eval_loss", loss);
    marks_release(&marks);
    exam_close(&exam);
    scan_release(&log);
    buffer_release(&text);
}

/* The pair's scores from a batch of its own. */
static void score_alone(struct exam *exam, size_t item, bool adapted, double sums[2])
{
    const struct step_mode mode = {.adapted = adapted};
    struct batch batch = {0};
    struct step_plan plan = {0};
    struct step *step;
    struct err err;
    double *logp, *next;

    CHECK(examples_add(&exam->examples, item, &batch, &err));
    plan.rows = batch.rows;
    plan.scored = batch.scored_count;
    CHECK(step_plan(&exam->decoder, &plan, SIZE_MAX, &err));
    step = step_new(&exam->decoder, &plan);
    next = logp = mem_zero(plan.scored, sizeof *logp);
    step_forward(step, &batch, &mode, logp, NULL);
    for (int side = 0; side < 2; side++) {
        sums[side] = 0;
        for (size_t i = 0; i < exam->examples.items[item].scored[side]; i++) sums[side] += *next++;
    }
    CHECK_INT(next - logp, plan.scored);
    mem_free(logp);
    step_free(step);
    batch_release(&batch);
}

TEST(scores_are_those_of_the_decoder_for_the_same_ids)
{
    struct exam exam = golden();
    struct err err;

    if (!CHECK(exam_open(&exam))) return;
    if (CHECK(exam_score(&exam, &err)))
        for (size_t i = 0; i < exam.examples.count; i++) {
            double sums[2];

            score_alone(&exam, i, true, sums);
            CHECK(same(sums, exam.scorer.scores[i].policy, 2));
            score_alone(&exam, i, false, sums);
            CHECK(same(sums, exam.scorer.scores[i].reference, 2));
        }
    exam_close(&exam);
}

TEST(neither_threads_nor_batches_nor_memory_change_a_bit)
{
    static const struct {
        size_t threads, batch_tokens, memory;
    } cases[] = {{1, 100000, 0}, {2, 1, 0}, {3, 100, 0}, {2, 100000, 1200 << 10}};
    struct score *want = NULL;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exam exam = golden();
        struct err err;

        exam.threads = cases[i].threads;
        exam.batch_tokens = cases[i].batch_tokens;
        exam.memory = cases[i].memory;
        if (!CHECK(exam_open(&exam))) break;
        if (!CHECK(exam_score(&exam, &err))) printf("# %s\n", err.text);
        if (cases[i].memory) CHECK(exam.scorer.batch_tokens < cases[i].batch_tokens);
        if (want)
            for (size_t j = 0; j < 5; j++) {
                CHECK(same(want[j].policy, exam.scorer.scores[j].policy, 2));
                CHECK(same(want[j].reference, exam.scorer.scores[j].reference, 2));
            }
        else {
            want = exam.scorer.scores;
            exam.scorer.scores = NULL;
        }
        exam_close(&exam);
    }
    mem_free(want);
}

TEST(without_an_adapter_the_model_is_its_own_reference)
{
    struct exam exam = golden(), bare = golden();
    struct err err;

    bare.adapter = NULL;
    if (!CHECK(exam_open(&exam)) || !CHECK(exam_open(&bare))) return;
    if (CHECK(exam_score(&exam, &err)) && CHECK(exam_score(&bare, &err)))
        for (size_t i = 0; i < bare.examples.count; i++) {
            const struct score *score = &bare.scorer.scores[i];

            CHECK(same(score->policy, score->reference, 2));
            CHECK(same(score->policy, exam.scorer.scores[i].reference, 2));
        }
    CHECK_INT(exam.scorer.rows, 2 * bare.scorer.rows);
    exam_close(&exam);
    exam_close(&bare);
}

/* What is wrong with these pairs; the exam is set up but for them. */
static const char *wrong(struct exam *exam, const char *pairs)
{
    static struct err err;

    exam->model = MODEL;
    exam->pairs = files_text("pairs.jsonl", pairs);
    if (!CHECK(exam_open(exam))) return "";
    if (exam_score(exam, &err)) snprintf(err.text, sizeof err.text, "nothing");
    exam_close(exam);
    return strchr(err.text, '/') ? strrchr(err.text, '/') + 1 : err.text;
}

#define PAIR "{\"prompt\":\"1234\",\"chosen\":\"5678\",\"rejected\":\"90\"}\n"

TEST(what_cannot_be_scored_is_told)
{
    CHECK_TEXT(wrong(&(struct exam){0}, PAIR), "nothing");
    CHECK_TEXT(wrong(&(struct exam){0}, ""), "there are no pairs to score");
    CHECK_TEXT(wrong(&(struct exam){.rules.max_length = 4}, PAIR),
               "there are no pairs to score: all prompts fill --max-length");
    CHECK_TEXT(wrong(&(struct exam){.vocabulary = 400}, PAIR PAIR),
               "pairs.jsonl:1: token 495 is beyond the model's vocabulary of 400");
    CHECK_TEXT(wrong(&(struct exam){.positions = 8}, PAIR),
               "pairs.jsonl:1: a text has 9 tokens, and the model was made for 8");
    CHECK_TEXT(wrong(&(struct exam){.positions = 9}, PAIR), "nothing");
    CHECK_TEXT(wrong(&(struct exam){.positions = 8, .examples.beyond_context = true}, PAIR),
               "nothing");
    CHECK_TEXT(
        wrong(&(struct exam){0}, PAIR "{\"prompt\":\"\",\"chosen\":\"a\",\"rejected\":\"\"}\n"),
        "pairs.jsonl:2: 'rejected' has no token that could be scored");
    CHECK_TEXT(wrong(&(struct exam){.memory = 1000}, PAIR),
               "a batch of 10 tokens needs 74K of memory beside the weights, and there is 1000");
    CHECK_TEXT(wrong(&(struct exam){.memory = 74 << 10}, PAIR), "nothing");
}

TEST(a_pair_without_room_for_answers_is_dropped)
{
    struct exam exam = {.model = MODEL, .rules.max_length = 5};
    struct figures metrics = {0};
    struct marks marks;
    struct buffer text = {0};
    struct err err;
    double mean;

    exam.pairs = files_text("pairs.jsonl", PAIR
                            "{\"id\":7,\"prompt\":\"12345\",\"chosen\":\"6\",\"rejected\":\"7\"}");
    if (!CHECK(exam_open(&exam))) return;
    if (CHECK(exam_score(&exam, &err))) {
        CHECK_INT(exam.examples.count, 2);
        CHECK_INT(exam.examples.dropped, 1);
        CHECK_INT(exam.examples.cut, 1);
        CHECK_INT(exam.examples.scored, 2);
        CHECK(exam.scorer.scores[1].policy[0] == 0);
        marks_init(&marks, 2);
        metrics_mark(&marks, &exam.examples, exam.scorer.scores, 0.1, true);
        CHECK_INT(marks_mean(&marks, "logps/chosen", &mean), 1);
        CHECK(mean == exam.scorer.scores[0].policy[0]);
        CHECK(isnan(marks_values(&marks, "margin")[1]));
        metrics_totals(&exam.examples, exam.scorer.scores, true, &metrics);
        CHECK_INT(figures_find(&metrics, "records")->whole, 2);
        marks_release(&marks);
        figures_release(&metrics);
        CHECK(examples_line(&exam.examples, 1, &text, &err));
        buffer_byte(&text, '\0');
        CHECK_TEXT(text.at, "{\"id\":7,\"prompt\":\"12345\",\"chosen\":\"6\",\"rejected\":\"7\"}");
    }
    buffer_release(&text);
    exam_close(&exam);
}

int main(void)
{
    RUN(scores_and_metrics_are_those_of_trl);
    RUN(scores_are_those_of_the_decoder_for_the_same_ids);
    RUN(neither_threads_nor_batches_nor_memory_change_a_bit);
    RUN(without_an_adapter_the_model_is_its_own_reference);
    RUN(what_cannot_be_scored_is_told);
    RUN(a_pair_without_room_for_answers_is_dropped);
    return check_end();
}

#include "learn/evaluator.h"

#include "check.h"
#include "core/memory.h"
#include "lesson.h"

#include <math.h>
#include <string.h>

static struct err err;

/* An evaluator of the first so many examples. */
static struct evaluator *open_evaluator(struct lesson *lesson, size_t count)
{
    struct session *session = &lesson->session;

    lesson->evaluates = true;
    if (!CHECK(lesson_open(lesson))) return NULL;
    session->eval.count = count;
    if (!CHECK(lesson_refer(lesson, &err))) return NULL;
    evaluator_init(&session->evaluator, session->policy.plan.scored);
    return &session->evaluator;
}

/* So that policy and reference differ. */
static void disturb(struct lesson *lesson)
{
    struct parameters *parameters = lesson->session.policy.parameters;

    for (size_t i = 0; i < parameters->size; i++)
        parameters->values[i] += 0.05F * (float)sin((double)i);
}

/* The log-probabilities, by policy and reference, of each id of the vocabulary behind a text. */
struct next {
    double *policy, *reference;
};

static void ask(struct policy *policy, const token_id *ids, size_t count, struct next *next)
{
    const struct step_mode mode = {.adapted = true};
    const size_t most = policy->plan.scored;
    const uint32_t vocabulary = policy->decoder.config->vocabulary;
    struct batch batch = {0};

    for (uint32_t id = 0; id < vocabulary; id += (uint32_t)most) {
        size_t text;

        batch_clear(&batch);
        text = batch_text(&batch, BATCH_START, ids, count);
        for (uint32_t i = id; i < vocabulary && i < id + most; i++)
            batch_answer(&batch, text, &i, 1, 0);
        policy_forward(policy, &batch, &mode, next->policy + id, NULL);
        policy_reference(policy, &batch, next->reference + id, NULL);
    }
    batch_release(&batch);
}

/* What an evaluation should find, in plain sums. */
struct sums {
    double kl, estimate; /* the latter of the chosen answers */
    size_t tokens, chosen;
};

static void add_token(struct sums *sums, const struct next *next, size_t vocabulary, token_id id,
                      bool chosen)
{
    const double d = next->reference[id] - next->policy[id];

    for (size_t v = 0; v < vocabulary; v++)
        sums->kl += exp(next->policy[v]) * (next->policy[v] - next->reference[v]);
    sums->tokens++;
    if (!chosen) return;
    sums->estimate += exp(d) - 1 - d;
    sums->chosen++;
}

static void add_example(struct sums *sums, struct session *session, size_t number)
{
    const struct example *example = &session->eval.items[number];
    const struct ids *ids = examples_ids(&session->eval, number, &err);
    const size_t vocabulary = session->model.config.vocabulary;
    struct next next = {mem_zero(vocabulary, sizeof(double)), mem_zero(vocabulary, sizeof(double))};
    token_id *text = mem_zero(ids->count, sizeof *text);
    size_t from = example->prompt;

    memcpy(text, ids->at, example->prompt * sizeof *text);
    for (size_t side = 0; side < 2; side++) {
        const struct branch *branch = &example->branches[side];
        const size_t count = branch->context + branch->answer;

        memcpy(text + example->prompt, ids->at + from, count * sizeof *text);
        for (size_t i = branch->context; i < count; i++) {
            ask(&session->policy, text, example->prompt + i, &next);
            add_token(sums, &next, vocabulary, text[example->prompt + i], side == 0);
        }
        from += count;
    }
    mem_free(next.policy);
    mem_free(next.reference);
    mem_free(text);
}

TEST(kl_is_a_sum_over_the_vocabulary)
{
    struct lesson lesson = {0};
    struct evaluator *evaluator = open_evaluator(&lesson, 2);
    struct evaluated result;
    struct sums sums = {0};
    double estimate;

    if (!evaluator) return;
    disturb(&lesson);
    CHECK(evaluator_run(evaluator, &result, &err));
    for (size_t i = 0; i < 2; i++) add_example(&sums, &lesson.session, i);
    CHECK(result.has_kl);
    CHECK(result.kl > 1e-3);
    CHECK_NEAR(result.kl, sums.kl / (double)sums.tokens, 2e-6);
    CHECK_NEAR(result.kl_sequence, sums.kl / 4, 2e-6 * (double)sums.tokens);
    CHECK(tally_mean(&result.tally, TALLY_KL_ESTIMATE, &estimate));
    CHECK_NEAR(estimate, sums.estimate / (double)sums.chosen, 2e-6);
    lesson_close(&lesson);
}

TEST(where_training_begins_it_is_nothing)
{
    struct lesson lesson = {0};
    struct evaluator *evaluator = open_evaluator(&lesson, 5);
    struct evaluated result;

    if (!evaluator) return;
    CHECK(evaluator_run(evaluator, &result, &err));
    CHECK_NEAR(result.loss, log(2), 1e-15);
    CHECK_NEAR(result.kl, 0, 0);
    CHECK_NEAR(result.kl_sequence, 0, 0);
    lesson_close(&lesson);
}

/* What the reference computed is kept, or some of it, or nothing. */
TEST(memory_changes_no_bit)
{
    static const size_t kept[] = {0, 40 * 1024, (size_t)1 << 30};
    struct evaluated first = {0}, result;

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct lesson lesson = {0};
        struct evaluator *evaluator = open_evaluator(&lesson, 5);

        if (!evaluator) return;
        evaluator->tokens_kept = kept[i] / (policy_width(&lesson.session.policy) * sizeof(float));
        if (evaluator->tokens_kept > lesson.session.references[1].tokens)
            evaluator->tokens_kept = lesson.session.references[1].tokens;
        disturb(&lesson);
        for (int again = 0; again < 2; again++) {
            CHECK(evaluator_run(evaluator, &result, &err));
            if (i == 0 && again == 0) first = result;
            CHECK_NEAR(result.kl, first.kl, 0);
            CHECK_NEAR(result.loss, first.loss, 0);
        }
        lesson_close(&lesson);
    }
}

TEST(a_reference_that_moves_is_seen)
{
    struct lesson lesson = {0};
    struct evaluator *evaluator = open_evaluator(&lesson, 5);
    struct evaluated result;

    if (!evaluator) return;
    CHECK(evaluator_run(evaluator, &result, &err));
    lesson.session.references[1].logps[0] += 1e-12;
    CHECK(!evaluator_run(evaluator, &result, &err));
    CHECK_TEXT(err.text, "the reference model is not what it was before training: this is a bug");
    lesson_close(&lesson);
}

int main(void)
{
    RUN(kl_is_a_sum_over_the_vocabulary);
    RUN(where_training_begins_it_is_nothing);
    RUN(memory_changes_no_bit);
    RUN(a_reference_that_moves_is_seen);
    return check_end();
}

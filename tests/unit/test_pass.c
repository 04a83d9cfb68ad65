#include "learn/pass.h"

#include "check.h"
#include "lesson.h"

#include <math.h>
#include <string.h>

static struct pass *open_pass(struct lesson *lesson)
{
    struct pass *pass = &lesson->session.updater.pass;
    struct err err;

    if (!CHECK(lesson_open(lesson)) || !CHECK(lesson_refer(lesson, &err))) return NULL;
    pass_init(pass, lesson->session.policy.plan.scored, lesson->session.settings.batch_size);
    return pass;
}

/* The loss of the first examples, and its gradient in the parameters, both times share. */
static double run(struct pass *pass, size_t first, size_t count, double share, bool train)
{
    const struct pass_mode mode = {.train = train, .share = share};
    struct pass_result result = {0};
    size_t picked[64];
    struct err err;

    for (size_t i = 0; i < count; i++) picked[i] = first + i;
    CHECK(pass_run(pass, picked, count, &mode, &result, &err));
    return result.loss;
}

/* So that policy and reference differ. */
static void disturb(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->items[i];

        for (size_t j = 0; j < parameter->count; j++)
            parameters->values[parameter->offset + j] += 0.02F * (float)sin((double)(i * 31 + j));
    }
}

/* By differences along the gradient itself, in which rounding counts least. */
static void check_slope(const char *loss)
{
    struct lesson lesson = {.loss = loss};
    struct pass *pass = open_pass(&lesson);
    struct parameters *parameters = lesson.session.policy.parameters;
    double square = 0, high, low, step;

    if (!pass) return;
    disturb(parameters);
    parameters_clear_gradients(parameters);
    run(pass, 0, 2, 1, true);
    for (size_t i = 0; i < parameters->size; i++)
        square += (double)parameters->gradients[i] * (double)parameters->gradients[i];
    step = 1e-3 / sqrt(square);
    for (size_t i = 0; i < parameters->size; i++)
        parameters->values[i] += (float)(step * (double)parameters->gradients[i]);
    high = run(pass, 0, 2, 1, false);
    for (size_t i = 0; i < parameters->size; i++)
        parameters->values[i] -= (float)(2 * step * (double)parameters->gradients[i]);
    low = run(pass, 0, 2, 1, false);
    check_near((high - low) / (2 * step), square, 2e-3 * square, loss, __FILE__, __LINE__);
    lesson_close(&lesson);
}

TEST(gradients_are_slopes_of_the_loss)
{
    static const char *const losses[] = {"sigmoid", "ipo", "apo_zero", "aot", "sigmoid+0.5*sft"};

    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) check_slope(losses[i]);
}

/* A microbatch of all examples goes through in more than one slice. */
TEST(slices_add_up_to_the_microbatch)
{
    struct lesson lesson = {.batch = 24};
    struct pass *pass = open_pass(&lesson);
    struct parameters *parameters = lesson.session.policy.parameters;
    float *whole;
    double loss, parts = 0, most = 0, off = 0;

    if (!pass) return;
    CHECK(lesson.session.train.tokens > PASS_ROWS + 200);
    disturb(parameters);
    parameters_clear_gradients(parameters);
    loss = run(pass, 0, 24, 1, true);
    whole = mem_alloc(parameters->size * sizeof *whole);
    memcpy(whole, parameters->gradients, parameters->size * sizeof *whole);
    parameters_clear_gradients(parameters);
    for (size_t i = 0; i < 24; i++) parts += run(pass, i, 1, 1.0 / 24, true);
    CHECK_NEAR(loss, parts, 1e-12);
    for (size_t i = 0; i < parameters->size; i++) {
        most = fmax(most, fabs((double)whole[i]));
        off = fmax(off, fabs((double)(whole[i] - parameters->gradients[i])));
    }
    CHECK(most > 0);
    CHECK_NEAR(off / most, 0, 2e-6);
    mem_free(whole);
    lesson_close(&lesson);
}

TEST(looking_changes_nothing)
{
    struct lesson lesson = {0};
    struct pass *pass = open_pass(&lesson);
    struct parameters *parameters = lesson.session.policy.parameters;

    if (!pass) return;
    parameters_clear_gradients(parameters);
    CHECK_NEAR(run(pass, 0, 2, 1, false), log(2), 1e-15);
    for (size_t i = 0; i < parameters->size; i++)
        if (!CHECK(parameters->gradients[i] == 0)) break;
    lesson_close(&lesson);
}

/* The reference is asked in other batches than the policy, and says the same bits. */
TEST(a_new_adapter_begins_at_the_reference)
{
    for (size_t threads = 1; threads <= 2; threads++) {
        struct lesson lesson = {.batch = 3, .threads = threads};
        struct pass *pass = open_pass(&lesson);

        if (!pass) return;
        for (size_t i = 0; i < 24; i += 3) {
            run(pass, i, 3, 1, false);
            CHECK(memcmp(pass->logp, pass->reference_logp,
                         pass->batch.scored_count * sizeof *pass->logp) == 0);
        }
        lesson_close(&lesson);
    }
}

/* What is not finite is told by its example, and no gradient comes of it. */
TEST(a_number_that_is_none_has_a_place)
{
    struct lesson lesson = {.batch = 4};
    struct pass *pass = open_pass(&lesson);
    const struct pass_mode mode = {.train = true, .share = 1};
    const size_t picked[] = {5, 6, 7, 8};
    struct pass_result result;
    struct err err;

    if (!pass) return;
    lesson.session.references[0].logps[lesson.session.references[0].begin[7]] = NAN;
    parameters_clear_gradients(lesson.session.policy.parameters);
    CHECK(pass_run(pass, picked, 4, &mode, &result, &err));
    CHECK(!isfinite(result.loss));
    CHECK_INT(result.worst, 7);
    CHECK(lesson.session.policy.parameters->gradients[0] == 0);
    lesson_close(&lesson);
}

int main(void)
{
    RUN(gradients_are_slopes_of_the_loss);
    RUN(slices_add_up_to_the_microbatch);
    RUN(looking_changes_nothing);
    RUN(a_new_adapter_begins_at_the_reference);
    RUN(a_number_that_is_none_has_a_place);
    return check_end();
}

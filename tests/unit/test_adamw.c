/* Steps of torch's fused AdamW, of tests/golden/schedule/adamw.jsonl, and what floats keep of
 * them. */
#include "optimizer/adamw.h"

#include "check.h"
#include "optimizer/gradients.h"
#include "unit/dataset.h"
#include "unit/numbers.h"
#include "unit/teams.h"

#include <stdlib.h>

static json_t *cases, *gradients;

/* Numbers of an array of arrays, flat. */
static size_t flat(const json_t *value, float *out)
{
    size_t count = 0;

    if (!json_is_array(value)) {
        *out = (float)json_number_value(value);
        return 1;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        count += flat(json_array_get(value, i), out + count);
    return count;
}

static void put(const struct parameters *parameters, const json_t *tensors, float *array)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *item = &parameters->items[i];

        CHECK_INT(flat(json_array_get(tensors, i), array + item->offset), item->count);
    }
}

/* The largest |a - b|. */
static double apart(const struct parameters *parameters, const float *got, const json_t *want)
{
    double most = 0;
    float value[6];

    for (size_t i = 0; i < parameters->count; i++) {
        const float *at = got + parameters->items[i].offset;
        const size_t count = flat(json_array_get(want, i), value);

        for (size_t k = 0; k < count; k++) {
            const double off = fabs((double)at[k] - (double)value[k]);

            if (!(off <= most)) most = off;
        }
    }
    return most;
}

static double moment_apart(const struct parameters *parameters, const float *got,
                           const json_t *state, const char *name)
{
    json_t *want = json_array();
    double most;

    for (size_t i = 0; i < json_array_size(state); i++)
        json_array_append(want, json_object_get(json_array_get(state, i), name));
    most = apart(parameters, got, want);
    json_decref(want);
    return most;
}

static struct parameters two_tensors(void)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add(&parameters, "a", 1, (uint64_t[]){6}, true);
    parameters_add(&parameters, "b", 2, (uint64_t[]){2, 3}, true);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    return parameters;
}

static double option(const json_t *row, const char *name)
{
    return json_number_value(json_object_get(json_object_get(row, "options"), name));
}

static struct adamw with_options(const json_t *row, const struct parameters *parameters)
{
    const json_t *betas = json_object_get(json_object_get(row, "options"), "betas");
    struct adamw adamw;

    adamw_init(&adamw, parameters);
    adamw.beta1 = json_number_value(json_array_get(betas, 0));
    adamw.beta2 = json_number_value(json_array_get(betas, 1));
    adamw.epsilon = option(row, "eps");
    adamw.weight_decay = option(row, "weight_decay");
    return adamw;
}

static void check_case(struct team *team, const json_t *row)
{
    struct parameters parameters = two_tensors();
    struct adamw adamw = with_options(row, &parameters);
    const json_t *state = json_object_get(row, "state"), *step;
    const double max = json_number_value(json_object_get(row, "max_grad_norm"));
    size_t i;

    put(&parameters, json_object_get(row, "start"), parameters.values);
    json_array_foreach(json_object_get(row, "steps"), i, step)
    {
        const double want = json_number_value(json_object_get(step, "grad_norm"));
        double norm;

        put(&parameters, json_array_get(gradients, i), parameters.gradients);
        norm = gradients_norm(team, &parameters);
        CHECK_NEAR(norm, want, 1e-6 * want);
        adamw_step(team, &adamw, &parameters, option(row, "lr"), gradients_factor(norm, max));
        CHECK_NEAR(apart(&parameters, parameters.values, json_object_get(step, "params")), 0, 1e-6);
    }
    CHECK_NEAR(moment_apart(&parameters, adamw.m, state, "m"), 0, 1e-7);
    CHECK_NEAR(moment_apart(&parameters, adamw.v, state, "v"), 0, 1e-7);
    CHECK_INT(adamw.steps, i);
    adamw_release(&adamw);
    parameters_release(&parameters);
}

TEST(golden_steps)
{
    struct team *team = team_start(1);
    size_t i;
    json_t *row;

    CHECK_INT(json_array_size(cases), 30);
    json_array_foreach(cases, i, row) check_case(team, row);
    team_stop(team);
}

/* Torch's AdamW in double: rate 0.01, decay 0.1; then with one that does not decay. */
TEST(a_short_run)
{
    const float g[3][2] = {{0.5F, -0.25F}, {0.1F, 0.2F}, {-0.3F, 0}};
    const double want[3][2] = {{0.989000000200, -1.988000000400},
                               {0.979980590638, -1.985430749952},
                               {0.976893480586, -1.982996010926}};
    struct team *team = team_start(1);
    struct parameters parameters;
    struct adamw adamw;

    parameters_init(&parameters);
    parameters_add(&parameters, "decays", 1, (uint64_t[]){2}, true);
    parameters_add(&parameters, "stays", 1, (uint64_t[]){1}, false);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    adamw_init(&adamw, &parameters);
    adamw.weight_decay = 0.1;
    parameters.values[0] = parameters.values[16] = 1;
    parameters.values[1] = -2;
    for (size_t i = 0; i < 3; i++) {
        memcpy(parameters.gradients, g[i], sizeof g[i]);
        adamw_step(team, &adamw, &parameters, 0.01, 1);
        for (size_t k = 0; k < 2; k++) CHECK_NEAR((double)parameters.values[k], want[i][k], 3e-7);
    }
    CHECK(parameters.values[16] == 1);
    adamw_release(&adamw);
    parameters_release(&parameters);
    team_stop(team);
}

/* Rate times decay is 5e-9, far below what 1 - 5e-9 keeps of it as a float. */
TEST(a_tiny_decay_counts)
{
    struct team *team = team_start(1);
    struct parameters parameters = two_tensors();
    struct adamw adamw;
    double share;

    adamw_init(&adamw, &parameters);
    adamw.weight_decay = 0.01;
    parameters.values[0] = 1e-3F;
    parameters.gradients[0] = 1e-5F;
    adamw_step(team, &adamw, &parameters, 5e-7, 1);
    share = (1e-3 - (double)parameters.values[0]) / (5e-7 * (1e-5 / (1e-5 + 1e-8)) + 5e-12);
    CHECK_NEAR(share, 1, 1e-4);
    adamw_release(&adamw);
    parameters_release(&parameters);
    team_stop(team);
}

/* Tensors that begin and end within pieces, and gaps that stay 0. */
static struct parameters many(void)
{
    struct parameters parameters;
    uint64_t seed = 11;

    parameters_init(&parameters);
    for (size_t i = 0; i < 40; i++)
        parameters_add(&parameters, "t", 2, (uint64_t[]){i * i * 3 % 61 + 1, i * 41 + 1},
                       i % 3 > 0);
    parameters_add(&parameters, "large", 1, (uint64_t[]){200001}, true);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    for (size_t i = 0; i < parameters.count; i++) {
        const struct parameter *item = &parameters.items[i];

        numbers_fill(parameters.values + item->offset, item->count, &seed);
        numbers_fill(parameters.gradients + item->offset, item->count, &seed);
    }
    return parameters;
}

static void two_steps(struct team *team, void *out)
{
    struct parameters parameters = many();
    struct adamw adamw;

    adamw_init(&adamw, &parameters);
    adamw.weight_decay = 0.1;
    adamw_step(team, &adamw, &parameters, 1e-3, 0.7);
    adamw_step(team, &adamw, &parameters, 1e-3, 0.3);
    memcpy(out, parameters.values, parameters.size * sizeof(float));
    adamw_release(&adamw);
    parameters_release(&parameters);
}

TEST(threads_change_nothing)
{
    struct parameters parameters = many();

    CHECK(teams_agree(two_steps, parameters.size * sizeof(float)));
    parameters_release(&parameters);
}

/* One number by the formula. */
static float alone(float p, float g, bool decays)
{
    const double m = (double)(0.1F * g), v = (double)(0.001F * g * g);

    return (float)((double)p - 1e-3 / 0.1 * m / (sqrt(v) / sqrt(0.001) + 1e-8) -
                   (decays ? 1e-4 * (double)p : 0));
}

TEST(each_number_by_itself)
{
    struct team *team = team_start(3);
    struct parameters before = many(), after = many();
    struct adamw adamw;
    size_t inside = 0, near = 0, still = 0;

    adamw_init(&adamw, &after);
    adamw.weight_decay = 0.1;
    adamw_step(team, &adamw, &after, 1e-3, 1);
    for (size_t i = 0; i < after.count; i++) {
        const struct parameter *item = &after.items[i];

        for (size_t k = item->offset; k < item->offset + item->count; k++) {
            const float want = alone(before.values[k], before.gradients[k], item->decays);

            near += fabsf(after.values[k] - want) <= 2e-7F;
        }
        inside += item->count;
    }
    for (size_t k = 0; k < after.size; k++)
        still += after.values[k] == 0 && adamw.m[k] == 0 && adamw.v[k] == 0;
    CHECK_INT(near, inside);
    CHECK(after.size > inside && still >= after.size - inside);
    adamw_release(&adamw);
    parameters_release(&before);
    parameters_release(&after);
    team_stop(team);
}

TEST(settings_out_of_range)
{
    struct adamw adamw = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
    struct err err;

    CHECK(adamw_check(&adamw, &err));
    adamw.beta1 = 1;
    CHECK(!adamw_check(&adamw, &err));
    CHECK_TEXT(err.text, "adam's beta1 must be at least 0 and below 1, not 1");
    adamw.beta1 = 0;
    adamw.beta2 = NAN;
    CHECK(!adamw_check(&adamw, &err));
    CHECK_TEXT(err.text, "adam's beta2 must be at least 0 and below 1, not nan");
    adamw.beta2 = 0;
    adamw.epsilon = 1e-60; /* 0 as a float */
    CHECK(!adamw_check(&adamw, &err));
    CHECK_TEXT(err.text, "adam's epsilon must be above 0, not 1e-60");
    adamw.epsilon = 1;
    adamw.weight_decay = -0.1;
    CHECK(!adamw_check(&adamw, &err));
    CHECK_TEXT(err.text, "the weight decay must be 0 or more, not -0.1");
}

int main(void)
{
    cases = dataset_lines("tests/golden/schedule/adamw.jsonl");
    gradients = dataset_document("tests/golden/schedule/grads.json");
    if (!cases || !gradients) {
        puts("Bail out! tests/golden/schedule");
        return 1;
    }
    RUN(golden_steps);
    RUN(a_short_run);
    RUN(a_tiny_decay_counts);
    RUN(threads_change_nothing);
    RUN(each_number_by_itself);
    RUN(settings_out_of_range);
    json_decref(cases);
    json_decref(gradients);
    return check_end();
}

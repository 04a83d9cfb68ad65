#include "optimizer/gradients.h"

#include "check.h"
#include "unit/numbers.h"
#include "unit/teams.h"

enum { LARGE = 100003 };

static struct parameters made(void)
{
    struct parameters parameters;
    uint64_t seed = 3;

    parameters_init(&parameters);
    parameters_add(&parameters, "a", 1, (uint64_t[]){LARGE}, true);
    parameters_add(&parameters, "b", 2, (uint64_t[]){3, 5}, true);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    numbers_fill(parameters.gradients, LARGE, &seed);
    numbers_fill(parameters.gradients + parameters.items[1].offset, 15, &seed);
    return parameters;
}

TEST(norms)
{
    struct team *team = team_start(2);
    struct parameters parameters = made();
    long double sum = 0;

    for (size_t i = 0; i < parameters.size; i++)
        sum += (long double)parameters.gradients[i] * (long double)parameters.gradients[i];
    CHECK_NEAR(gradients_norm(team, &parameters), sqrt((double)sum), 1e-12 * sqrt((double)sum));
    parameters.gradients[77] = 3e38F; /* its square is beyond floats */
    CHECK_NEAR(gradients_norm(team, &parameters), (double)3e38F, 1e26);
    parameters.gradients[77] = INFINITY;
    CHECK(isinf(gradients_norm(team, &parameters)));
    parameters.gradients[LARGE - 1] = NAN;
    CHECK(isnan(gradients_norm(team, &parameters)));
    parameters_clear_gradients(&parameters);
    CHECK(gradients_norm(team, &parameters) == 0);
    parameters_release(&parameters);
    team_stop(team);
}

TEST(no_parameters)
{
    struct team *team = team_start(1);
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    CHECK(gradients_norm(team, &parameters) == 0);
    gradients_clear(team, parameters.gradients, 0);
    parameters_release(&parameters);
    team_stop(team);
}

TEST(factors)
{
    CHECK_NEAR(gradients_factor(2, 1), 1 / (2 + 1e-6), 1e-16);
    CHECK(gradients_factor(0.5, 1) == 1);
    CHECK(gradients_factor(0, 1) == 1);
    CHECK_NEAR(gradients_factor(1, 1), 1 / (1 + 1e-6), 1e-16); /* as torch's */
    CHECK(gradients_factor(1e9, 0) == 1);                      /* off */
    CHECK(gradients_factor(INFINITY, 1) == 0);
}

/* A norm and a sum, with what one thread finds. */
static void work(struct team *team, void *out)
{
    struct parameters parameters = made();
    const double norm = gradients_norm(team, &parameters);
    float *to = out;

    memcpy(to, &norm, sizeof norm);
    gradients_copy(team, parameters.gradients, to + 2, LARGE);
    gradients_add(team, parameters.gradients + 16, to + 2, LARGE);
    parameters_release(&parameters);
}

TEST(threads_change_nothing)
{
    CHECK(teams_agree(work, (LARGE + 2) * sizeof(float)));
}

TEST(rows_are_whole)
{
    struct team *team = team_start(2);
    struct parameters parameters = made();
    static float copy[LARGE + 1];

    copy[LARGE] = 5;
    gradients_copy(team, parameters.gradients, copy, LARGE);
    CHECK(numbers_same(copy, parameters.gradients, LARGE) && copy[LARGE] == 5);
    gradients_add(team, parameters.gradients, copy, LARGE);
    CHECK(copy[LARGE] == 5 && copy[LARGE - 1] == 2 * parameters.gradients[LARGE - 1]);
    CHECK(copy[0] == 2 * parameters.gradients[0]);
    gradients_clear(team, copy, LARGE);
    CHECK(copy[LARGE] == 5 && copy[LARGE - 1] == 0 && copy[0] == 0);
    parameters_release(&parameters);
    team_stop(team);
}

int main(void)
{
    RUN(norms);
    RUN(no_parameters);
    RUN(factors);
    RUN(threads_change_nothing);
    RUN(rows_are_whole);
    return check_end();
}

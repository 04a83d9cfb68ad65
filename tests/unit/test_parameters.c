#include "adapter/parameters.h"

#include "check.h"

#include <stdint.h>

TEST(tensors_lie_apart_and_aligned)
{
    struct parameters parameters;

    parameters_init(&parameters);
    CHECK_INT(parameters_add(&parameters, "a", 2, (uint64_t[]){3, 5}, true), 0);
    CHECK_INT(parameters_add(&parameters, "b", 1, (uint64_t[]){17}, false), 1);
    CHECK_INT(parameters_add(&parameters, "c", 2, (uint64_t[]){4, 4}, true), 2);
    parameters_settle(&parameters);
    CHECK_INT(parameters.items[0].offset, 0);
    CHECK_INT(parameters.items[0].count, 15);
    CHECK_INT(parameters.items[1].offset, 16);
    CHECK_INT(parameters.items[1].shape[1], 1);
    CHECK_INT(parameters.items[1].count, 17);
    CHECK_INT(parameters.items[2].offset, 48);
    CHECK_INT(parameters.size, 64);
    CHECK_TEXT(parameters.items[1].name, "b");
    CHECK(parameters.items[0].decays && !parameters.items[1].decays);
    CHECK((uintptr_t)parameters.values % 64 == 0 && !parameters.gradients);
    for (size_t i = 0; i < parameters.size; i++) CHECK(parameters.values[i] == 0);
    parameters_release(&parameters);
}

TEST(gradients_are_made_once_and_cleared)
{
    struct parameters parameters;
    float *made;

    parameters_init(&parameters);
    parameters_add(&parameters, "a", 1, (uint64_t[]){20}, true);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    made = parameters.gradients;
    CHECK(made && made[19] == 0 && made[31] == 0);
    made[19] = 7;
    parameters_train(&parameters);
    CHECK(parameters.gradients == made && made[19] == 7);
    parameters_clear_gradients(&parameters);
    CHECK(made[19] == 0);
    parameters_release(&parameters);
}

TEST(nothing_at_all)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_settle(&parameters);
    CHECK_INT(parameters.size, 0);
    parameters_release(&parameters);
}

int main(void)
{
    RUN(tensors_lie_apart_and_aligned);
    RUN(gradients_are_made_once_and_cleared);
    RUN(nothing_at_all);
    return check_end();
}

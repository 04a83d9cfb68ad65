#include "optimizer/plateau.h"

#include "check.h"
#include "core/memory.h"

static struct plateau made(const char *text, double rate)
{
    struct schedule schedule;
    struct plateau plateau;
    struct err err;

    CHECK(schedule_parse(&schedule, text, &err));
    schedule.learning_rate = rate;
    plateau_init(&plateau, &schedule);
    return plateau;
}

TEST(transformers_settings)
{
    struct plateau plateau = made("reduce_lr_on_plateau", 1e-3);

    CHECK(plateau.factor == 0.1 && plateau.threshold == 1e-4 && plateau.patience == 10);
    CHECK(!plateau_step(&plateau, 2));
    for (int i = 0; i < 10; i++) CHECK(!plateau_step(&plateau, 2));
    CHECK(plateau.rate == 1e-3);
    CHECK(plateau_step(&plateau, 2)); /* the eleventh in a row */
    CHECK(plateau.rate == 1e-3 * 0.1 && plateau.bad == 0);
}

TEST(better_by_a_part_of_the_best)
{
    struct plateau plateau = made("reduce_lr_on_plateau,patience=1,factor=0.5", 1);

    plateau_step(&plateau, 1);
    plateau_step(&plateau, 0.99995); /* within a ten-thousandth */
    CHECK_INT(plateau.bad, 1);
    CHECK(plateau.best == 1);
    plateau_step(&plateau, 0.9998);
    CHECK_INT(plateau.bad, 0);
    CHECK(plateau.best == 0.9998 && plateau.rate == 1);
    CHECK(!plateau_step(&plateau, NAN));
    CHECK(plateau_step(&plateau, 5));
    CHECK(plateau.rate == 0.5 && plateau.best == 0.9998);
}

TEST(tiny_steps_are_not_taken)
{
    struct plateau plateau = made("reduce_lr_on_plateau,patience=0,factor=0.1", 1.1e-8);

    plateau_step(&plateau, 1);
    CHECK(!plateau_step(&plateau, 1));
    CHECK(plateau.rate == 1.1e-8);
}

static bool same(const struct plateau *a, const struct plateau *b)
{
    return a->rate == b->rate && a->best == b->best && a->bad == b->bad;
}

/* Saved and loaded again as text: nothing is lost. */
static bool survives(const struct plateau *plateau)
{
    struct plateau other = made("reduce_lr_on_plateau", 7);
    json_t *saved = plateau_save(plateau), *read;
    char *text = json_dumps(saved, JSON_REAL_PRECISION(17));
    struct err err;
    bool good;

    read = json_loads(text, 0, NULL);
    good = plateau_load(&other, read, &err) && same(plateau, &other);
    json_decref(saved);
    json_decref(read);
    mem_free(text); /* state_save gives jansson our allocator */
    return good;
}

TEST(saved_and_loaded)
{
    struct plateau plateau = made("reduce_lr_on_plateau,patience=2", 1.0 / 3);

    CHECK(survives(&plateau));
    plateau_step(&plateau, 0.1 + 0.2);
    plateau_step(&plateau, 9);
    CHECK(survives(&plateau));
    plateau_step(&plateau, -INFINITY);
    CHECK(survives(&plateau));
    plateau_step(&plateau, 1e300);
    CHECK_INT(plateau.bad, 1);
    CHECK(survives(&plateau));
}

static void refused(const char *text, const char *why)
{
    struct plateau plateau = made("reduce_lr_on_plateau", 1);
    json_t *saved = json_loads(text, 0, NULL);
    struct err err;

    CHECK(!plateau_load(&plateau, saved, &err));
    CHECK_TEXT(err.text, why);
    CHECK(plateau.rate == 1 && isinf(plateau.best) && plateau.bad == 0);
    json_decref(saved);
}

TEST(what_is_not_a_state)
{
    refused("{\"best\": 1, \"bad\": 1}", "there is no 'rate'");
    refused("{\"rate\": 1, \"best\": \"low\", \"bad\": 1}", "'best' is not a number");
    refused("{\"rate\": 1, \"best\": 1, \"bad\": -1}", "'bad' is not a whole number");
}

int main(void)
{
    RUN(transformers_settings);
    RUN(better_by_a_part_of_the_best);
    RUN(tiny_steps_are_not_taken);
    RUN(saved_and_loaded);
    RUN(what_is_not_a_state);
    return check_end();
}

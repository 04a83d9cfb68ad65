/* The rates of transformers, in tests/golden/schedule/rates.jsonl. */
#include "optimizer/schedule.h"

#include "check.h"
#include "core/memory.h"
#include "unit/dataset.h"

static json_t *rows;

static struct schedule parsed(const char *text)
{
    struct schedule schedule;
    struct err err;

    if (!schedule_parse(&schedule, text, &err)) check_text(err.text, "", __FILE__, __LINE__);
    return schedule;
}

/* A row's type and options as a text. */
static struct schedule of_row(const json_t *row)
{
    json_t *options = json_object_get(row, "options"), *value;
    struct schedule schedule;
    struct buffer text = {0};
    const char *name;

    buffer_text(&text, dataset_text(row, "type"));
    json_object_foreach(options, name, value)
    {
        if (json_is_string(value))
            buffer_format(&text, ",%s=%s", name, json_string_value(value));
        else
            buffer_format(&text, ",%s=%.17g", name, json_number_value(value));
    }
    buffer_byte(&text, '\0');
    schedule = parsed(text.at);
    buffer_release(&text);
    schedule.learning_rate = json_number_value(json_object_get(row, "lr"));
    schedule.total = (uint64_t)json_integer_value(json_object_get(row, "total"));
    schedule.warmup = (uint64_t)json_integer_value(json_object_get(row, "warmup"));
    return schedule;
}

static void check_rates(size_t line, const json_t *row)
{
    const json_t *rates = json_object_get(row, "rates");
    const struct schedule schedule = of_row(row);
    struct err err = {""};
    double area = 0;

    if (!check_claim(schedule_check(&schedule, &err) == !json_object_get(row, "error"), __FILE__,
                     __LINE__, "line %zu: %s", line, err.text))
        return;
    for (size_t s = 0; s < json_array_size(rates); s++) {
        const double want = json_number_value(json_array_get(rates, s));
        const double got = schedule_rate(&schedule, s);

        check_claim(fabs(got - want) <= 1e-12 * schedule.learning_rate, __FILE__, __LINE__,
                    "line %zu, update %zu: %.17g, want %.17g", line, s, got, want);
        area += want;
    }
    if (rates) CHECK_NEAR(schedule_area(&schedule), area, 1e-12 * area);
}

TEST(golden_rates)
{
    size_t i, rates = 0, lengths = 0;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (!json_object_get(row, "warmup_steps")) {
            check_rates(i + 1, row);
            rates++;
        } else if (json_number_value(json_object_get(row, "warmup_steps")) < 1) {
            CHECK_INT(schedule_warmup((uint64_t)json_integer_value(json_object_get(row, "total")),
                                      json_number_value(json_object_get(row, "warmup_steps"))),
                      json_integer_value(json_object_get(row, "steps")));
            lengths++;
        }
    }
    CHECK_INT(rates, 85);
    CHECK_INT(lengths, 25);
}

/* Parts of the highest rate after s of 10 updates, 2 of them warm-up. */
static double part(const char *text, uint64_t s)
{
    struct schedule schedule = parsed(text);
    struct err err;

    schedule.learning_rate = 2;
    schedule.total = 10;
    schedule.warmup = 2;
    CHECK(schedule_check(&schedule, &err));
    return schedule_rate(&schedule, s) / 2;
}

TEST(shapes_of_three_phases)
{
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=4,decay_type=1-sqrt", 7), 0.5, 1e-15);
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=4,warmup_type=1-sqrt", 1), 1 - sqrt(0.5),
               1e-15);
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=4,warmup_type=cosine", 1), 0.5, 1e-15);
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=4,num_cycles=1", 8), 0, 1e-15);
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=9,decay_type=linear", 2), 8.0 / 9, 1e-15);
    CHECK_NEAR(part("warmup_stable_decay,num_decay_steps=4,min_lr_ratio=0.25", 10), 0.25, 0);
}

TEST(a_plateau_is_flat_here)
{
    CHECK(part("reduce_lr_on_plateau,patience=3", 0) == 1);
    CHECK(part("reduce_lr_on_plateau,patience=3", 9) == 1);
}

static void not_parsed(const char *text, const char *why)
{
    struct schedule schedule;
    struct err err = {""};

    CHECK(!schedule_parse(&schedule, text, &err));
    CHECK_TEXT(err.text, why);
}

TEST(what_is_no_schedule)
{
    not_parsed("lienar", "no schedule is called 'lienar': there are linear, cosine, "
                         "cosine_with_restarts, polynomial, constant, constant_with_warmup, "
                         "inverse_sqrt, cosine_with_min_lr, cosine_warmup_with_min_lr, "
                         "warmup_stable_decay, reduce_lr_on_plateau");
    not_parsed("greedy", "the schedule 'greedy' is not supported: what follows the evaluations "
                         "here is 'reduce_lr_on_plateau'");
    not_parsed("cosine,num_cycles", "in a schedule 'num_cycles' is not of the form NAME=VALUE");
    not_parsed("cosine,", "in a schedule '' is not of the form NAME=VALUE");
    not_parsed("cosine,cycles=1", "no schedule has a number 'cycles'");
    not_parsed("cosine,num_cycles=1x", "'num_cycles' of a schedule is not a number: '1x'");
    not_parsed("cosine,num_cycles=nan", "'num_cycles' of a schedule is not a number: 'nan'");
    not_parsed("cosine,num_cycles=1,num_cycles=1", "'num_cycles' is given twice");
    not_parsed("warmup_stable_decay,decay_type=sine",
               "'decay_type' is linear, cosine or 1-sqrt, not 'sine'");
}

static void not_good(const char *text, double rate, uint64_t warmup, const char *why)
{
    struct schedule schedule = parsed(text);
    struct err err = {""};

    schedule.learning_rate = rate;
    schedule.total = 10;
    schedule.warmup = warmup;
    CHECK(!schedule_check(&schedule, &err));
    CHECK_TEXT(err.text, why);
}

TEST(schedules_that_do_not_fit)
{
    struct schedule empty = parsed("linear");
    struct err err;

    CHECK(!schedule_check(&empty, &err));
    CHECK_TEXT(err.text, "a schedule needs at least one update");
    not_good("linear", -1, 0, "the learning rate must be 0 or more, not -1");
    not_good("linear", NAN, 0, "the learning rate must be 0 or more, not nan");
    not_good("linear,power=2", 1, 0, "the schedule 'linear' takes no 'power'");
    not_good("cosine,num_cycles=-1", 1, 0, "'num_cycles' must be from 0 to 1e+06, not -1");
    not_good("inverse_sqrt,timescale=1.5", 1, 0, "'timescale' must be a whole number, not 1.5");
    not_good("polynomial", 1e-7, 0,
             "a polynomial schedule falls to 'lr_end' 1e-07: the learning rate must be above it, "
             "not 1e-07");
    not_good("polynomial", 1, 10,
             "a polynomial schedule needs updates after the warm-up, which takes 10 of 10");
    not_good("cosine_with_min_lr", 1, 0,
             "a schedule with a smallest rate needs 'min_lr_rate' or 'min_lr'");
    not_good("cosine_with_min_lr,min_lr=0.1,min_lr_rate=0.1", 1, 0,
             "'min_lr_rate' and 'min_lr' say the same: give one of them");
    not_good("cosine_warmup_with_min_lr,min_lr=0.1", 0.01, 0,
             "'min_lr' 0.1 is above the learning rate 0.01");
    not_good("warmup_stable_decay", 1, 0, "'warmup_stable_decay' needs 'num_decay_steps'");
}

/* Where a warm-up is all there is, and where there is none. */
TEST(edges)
{
    struct schedule schedule = parsed("cosine");
    struct err err;

    schedule.learning_rate = 1;
    schedule.total = 1;
    CHECK(schedule_check(&schedule, &err));
    CHECK(schedule_rate(&schedule, 0) == 1 && schedule_area(&schedule) == 1);
    schedule.warmup = 5; /* longer than the run */
    CHECK(schedule_rate(&schedule, 0) == 0);
    schedule = parsed("cosine_warmup_with_min_lr,min_lr_rate=0,warmup_lr_rate=0.5");
    schedule.learning_rate = 1;
    schedule.total = 3;
    schedule.warmup = 1;
    CHECK(schedule_rate(&schedule, 0) == 0.5);
    CHECK_NEAR(schedule_rate(&schedule, 2), 0, 1e-16);
}

int main(void)
{
    rows = dataset_lines("tests/golden/schedule/rates.jsonl");
    if (!rows) {
        puts("Bail out! tests/golden/schedule/rates.jsonl");
        return 1;
    }
    RUN(golden_rates);
    RUN(shapes_of_three_phases);
    RUN(a_plateau_is_flat_here);
    RUN(what_is_no_schedule);
    RUN(schedules_that_do_not_fit);
    RUN(edges);
    json_decref(rows);
    return check_end();
}

/* Batches, updates and epochs of a run, as transformers counts them. */
#include "control/plan.h"

#include "check.h"

static struct schedule_counts counts;
static struct err err;

static void check_counts(uint64_t examples, size_t batch, size_t accumulation, double epochs,
                         uint64_t max_steps, const uint64_t want[4])
{
    if (!CHECK(plan_count(&counts, examples, batch, accumulation, epochs, max_steps, &err))) return;
    CHECK_INT(counts.batches_per_epoch, want[0]);
    CHECK_INT(counts.updates_per_epoch, want[1]);
    CHECK_INT(counts.updates, want[2]);
    CHECK_INT(counts.epochs, want[3]);
}

TEST(known_runs)
{
    check_counts(327, 4, 4, 3, 0, (uint64_t[]){82, 21, 63, 3});
    check_counts(117, 4, 4, 3, 0, (uint64_t[]){30, 8, 24, 3});
    check_counts(2500, 4, 4, 3, 0, (uint64_t[]){625, 157, 471, 3});
    check_counts(1000, 2, 8, 1, 0, (uint64_t[]){500, 63, 63, 1});
    check_counts(10, 2, 4, 0, 100, (uint64_t[]){5, 2, 100, 50});
    CHECK_NEAR(counts.passes, 50, 0);
    check_counts(327, 4, 4, 0.5, 0, (uint64_t[]){82, 21, 11, 1});
    check_counts(327, 4, 4, 1.5, 0, (uint64_t[]){82, 21, 32, 2});
    CHECK_NEAR(counts.passes, 32.0 / 21, 1e-15);
    check_counts(327, 4, 4, 3, 64, (uint64_t[]){82, 21, 64, 4}); /* steps win */
    check_counts(1, 100, 100, 1, 0, (uint64_t[]){1, 1, 1, 1});
    check_counts(UINT64_MAX, 1, 1, 1, 1, (uint64_t[]){UINT64_MAX, UINT64_MAX, 1, 1});
}

TEST(what_is_no_run)
{
    CHECK(!plan_count(&counts, 0, 4, 4, 3, 0, &err));
    CHECK_TEXT(err.text, "there is no example to train on");
    CHECK(!plan_count(&counts, 10, 0, 4, 3, 0, &err));
    CHECK_TEXT(err.text, "'--batch-size' is 0");
    CHECK(!plan_count(&counts, 10, 4, 0, 3, 0, &err));
    CHECK_TEXT(err.text, "'--gradient-accumulation' is 0");
    CHECK(!plan_count(&counts, 10, 4, 4, 0, 0, &err));
    CHECK_TEXT(err.text, "'--epochs 0' is not above 0, and there is no --max-steps");
    CHECK(!plan_count(&counts, 10, 4, 4, NAN, 0, &err));
    CHECK_TEXT(err.text, "'--epochs nan' is not above 0, and there is no --max-steps");
    CHECK(!plan_count(&counts, 10, 4, 4, 1e300, 0, &err));
    CHECK_TEXT(err.text, "1e+300 updates are more than 1e+07");
    CHECK(!plan_count(&counts, UINT64_MAX, 1, 1, 1, 0, &err));
    CHECK_TEXT(err.text, "1.84467e+19 updates are more than 1e+07");
}

int main(void)
{
    RUN(known_runs);
    RUN(what_is_no_run);
    return check_end();
}

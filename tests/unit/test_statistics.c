/* Tails, quantiles, corrections and what a test set can show, as scipy and statsmodels have them:
 * the files in tests/golden/statistics. */
#include "check.h"
#include "statistics/detect.h"
#include "statistics/distribution.h"
#include "statistics/holm.h"
#include "unit/dataset.h"

static double at(const json_t *row, size_t i)
{
    return json_number_value(json_array_get(json_object_get(row, "at"), i));
}

static double find(const json_t *row)
{
    const char *name = dataset_text(row, "name");

    if (strcmp(name, "normal_p") == 0) return normal_p(at(row, 0));
    if (strcmp(name, "student_p") == 0) return student_p(at(row, 0), at(row, 1));
    if (strcmp(name, "binomial_p") == 0) return binomial_p((size_t)at(row, 0), (size_t)at(row, 1));
    if (strcmp(name, "normal_quantile") == 0) return normal_quantile(at(row, 0));
    if (strcmp(name, "student_quantile") == 0) return student_quantile(at(row, 0), at(row, 1));
    if (strcmp(name, "beta_share") == 0)
        return beta_share(at(row, 0), at(row, 1), at(row, 2), at(row, 3));
    if (strcmp(name, "detect_rate") == 0)
        return detect_rate((size_t)at(row, 0), at(row, 1), at(row, 2));
    if (strcmp(name, "detect_mean") == 0) return detect_mean((size_t)at(row, 0), at(row, 1));
    return -1;
}

static void check_file(const char *path, size_t count, double tolerance)
{
    json_t *rows = dataset_lines(path), *row;
    size_t i;

    if (!CHECK(rows != NULL)) return;
    CHECK_INT(json_array_size(rows), count);
    json_array_foreach(rows, i, row)
    {
        const json_t *want = json_object_get(row, "value");
        const double got = find(row), value = json_number_value(want);
        const bool good =
            json_is_null(want) ? isnan(got) : fabs(got - value) <= tolerance * fabs(value) + 1e-300;

        check_claim(good, __FILE__, __LINE__, "%s:%zu: got %.17g, want %.17g", path, i + 1, got,
                    value);
    }
    json_decref(rows);
}

TEST(tails_and_quantiles)
{
    check_file("tests/golden/statistics/tails.jsonl", 163, 2e-12);
}

TEST(smallest_gains)
{
    check_file("tests/golden/statistics/detect.jsonl", 78, 1e-9);
    CHECK(isnan(detect_rate(0, 0.5, 0.05)));
    CHECK(isnan(detect_rate(71, NAN, 0.05)));
    CHECK(isnan(detect_rate(71, 1, 0.05)));
    CHECK(isnan(detect_mean(0, 1)) && isnan(detect_mean(1, 1)));
    CHECK(detect_mean(10, 0) == 0);
}

/* Of 100 records 20 were right; 12 of the changes are losses, be right a 1 or a 0. */
TEST(of_what_was_compared)
{
    struct paired paired = {.n = 100, .baseline = 0.2, .lower = 12, .higher = 2, .binary = true};

    CHECK(detect_paired(&paired, false) == detect_rate(100, 0.2, 0.12));
    CHECK(detect_paired(&paired, true) == detect_rate(100, 0.8, DETECT_LOST));
    paired = (struct paired){.n = 100, .spread = 2};
    CHECK(detect_paired(&paired, true) == detect_mean(100, 2));
    CHECK(isnan(detect_paired(&(struct paired){.baseline = 0.5, .binary = true}, false)));
}

/* 71 questions cannot show a gain of 8 points, and 400 can. */
TEST(what_the_mortgage_test_set_can_show)
{
    const double small = detect_rate(71, 0.6, DETECT_LOST);

    CHECK(small > 0.15 && small < 0.2);
    CHECK(detect_rate(400, 0.6, DETECT_LOST) < 0.08);
}

TEST(ends_and_what_is_no_number)
{
    CHECK(isnan(normal_p(NAN)) && isnan(student_p(NAN, 3)));
    CHECK(student_p(INFINITY, 3) == 0 && student_p(-INFINITY, 3) == 0);
    CHECK(student_p(1, INFINITY) == normal_p(1));
    CHECK(isnan(normal_quantile(0)) && isnan(normal_quantile(1)) && isnan(normal_quantile(NAN)));
    CHECK(normal_quantile(0.5) == 0 || fabs(normal_quantile(0.5)) < 1e-300);
    CHECK(binomial_p(0, 0) == 1);
    CHECK(beta_share(2, 3, 0, 1) == 0 && beta_share(2, 3, 1, 0) == 1);
    CHECK(isnan(beta_share(2, 3, NAN, NAN)));
}

TEST(several_tests_at_once)
{
    json_t *rows = dataset_lines("tests/golden/statistics/holm.jsonl"), *row;
    size_t i;

    if (!CHECK(rows != NULL)) return;
    json_array_foreach(rows, i, row)
    {
        const json_t *list = json_object_get(row, "p"), *want = json_object_get(row, "corrected");
        double p[20], corrected[20];
        const size_t count = json_array_size(list);

        if (!CHECK(count <= 20)) break;
        for (size_t j = 0; j < count; j++) p[j] = json_number_value(json_array_get(list, j));
        holm_correct(p, corrected, count);
        for (size_t j = 0; j < count; j++)
            CHECK_NEAR(corrected[j], json_number_value(json_array_get(want, j)), 1e-15);
    }
    CHECK_INT(json_array_size(rows), 6);
    json_decref(rows);
}

TEST(a_test_that_was_not_made_counts_for_none)
{
    const double p[] = {0.04, NAN, 0.03};
    double corrected[3];

    holm_correct(p, corrected, 3);
    CHECK_NEAR(corrected[0], 0.06, 1e-15);
    CHECK(isnan(corrected[1]));
    CHECK_NEAR(corrected[2], 0.06, 1e-15);
    holm_correct(NULL, NULL, 0);
}

int main(void)
{
    RUN(tails_and_quantiles);
    RUN(smallest_gains);
    RUN(of_what_was_compared);
    RUN(what_the_mortgage_test_set_can_show);
    RUN(ends_and_what_is_no_number);
    RUN(several_tests_at_once);
    RUN(a_test_that_was_not_made_counts_for_none);
    return check_end();
}

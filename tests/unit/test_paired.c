/* Before and after, as scipy has it: every line of tests/golden/statistics/paired.jsonl. */
#include "statistics/paired.h"

#include "check.h"
#include "core/memory.h"
#include "statistics/bootstrap.h"
#include "statistics/wilcoxon.h"
#include "unit/dataset.h"

#include <stddef.h>

static const struct {
    const char *name;
    size_t at;
} numbers[] = {{"difference", offsetof(struct paired, difference)},
               {"spread", offsetof(struct paired, spread)},
               {"low", offsetof(struct paired, low)},
               {"high", offsetof(struct paired, high)},
               {"t", offsetof(struct paired, t)},
               {"p_t", offsetof(struct paired, p_t)},
               {"welch_t", offsetof(struct paired, welch_t)},
               {"welch_df", offsetof(struct paired, welch_df)},
               {"p_welch", offsetof(struct paired, p_welch)},
               {"p_wilcoxon", offsetof(struct paired, p_wilcoxon)},
               {"p_sign", offsetof(struct paired, p_sign)},
               {"p_mcnemar", offsetof(struct paired, p_mcnemar)},
               {"cohens_d", offsetof(struct paired, cohens_d)},
               {"cohens_d_pooled", offsetof(struct paired, cohens_d_pooled)}};

static double *values_of(const json_t *list)
{
    double *values = mem_zero(json_array_size(list), sizeof *values);

    for (size_t i = 0; i < json_array_size(list); i++)
        values[i] = json_number_value(json_array_get(list, i));
    return values;
}

/* To 1e-9 of the number, and of 1e-12 near zero. What the libraries have as NaN is that, or the 1
 * that paired.h promises; their infinite effects are NaN. */
static bool agrees(double got, const json_t *want, const char *name)
{
    const char *infinite = json_string_value(want);

    if (json_is_null(want)) return isnan(got) || (name[0] == 'p' && got == 1);
    if (infinite && name[0] == 'c') return isnan(got);
    if (infinite) return isinf(got) && (got < 0) == (*infinite == '-');
    return fabs(got - json_number_value(want)) <= 1e-12 + 1e-9 * fabs(json_number_value(want));
}

/* Relative however small: p of 1e-41 must be right in its digits, too. */
static bool agrees_in_digits(double got, const json_t *want)
{
    return !json_is_real(want) ||
           fabs(got - json_real_value(want)) <= 1e-9 * fabs(json_real_value(want));
}

static void check_row(size_t line, const json_t *row)
{
    const json_t *before = json_object_get(row, "baseline"), *after = json_object_get(row, "now");
    double *a = values_of(before), *b = values_of(after);
    struct paired paired;

    paired_compare(&paired, a, b, json_array_size(before),
                   (uint32_t)json_integer_value(json_object_get(row, "seed")));
    CHECK_INT(paired.n, json_array_size(before));
    CHECK_INT(paired.higher, json_integer_value(json_object_get(row, "higher")));
    CHECK_INT(paired.lower, json_integer_value(json_object_get(row, "lower")));
    CHECK(paired.binary == json_is_true(json_object_get(row, "binary")));
    CHECK(agrees(paired.baseline, json_array_get(json_object_get(row, "means"), 0), "mean"));
    CHECK(agrees(paired.now, json_array_get(json_object_get(row, "means"), 1), "mean"));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *name = numbers[i].name;
        const json_t *want = json_object_get(row, name);
        double got;

        memcpy(&got, (const char *)&paired + numbers[i].at, sizeof got);
        check_claim(want && agrees(got, want, name), __FILE__, __LINE__, "line %zu: %s is %.17g",
                    line, name, got);
        if (name[0] == 'p')
            check_claim(agrees_in_digits(got, want), __FILE__, __LINE__,
                        "line %zu: the digits of %s, %.17g", line, name, got);
    }
    mem_free(a);
    mem_free(b);
}

TEST(every_golden_line)
{
    json_t *rows = dataset_lines("tests/golden/statistics/paired.jsonl"), *row;
    size_t i;

    if (!CHECK(rows != NULL)) return;
    json_array_foreach(rows, i, row) check_row(i + 1, row);
    CHECK_INT(json_array_size(rows), 65);
    json_decref(rows);
}

TEST(nothing_is_known_of_nothing)
{
    struct paired paired;
    double low, high;

    paired_compare(&paired, NULL, NULL, 0, 1);
    CHECK_INT(paired.n, 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double got;

        memcpy(&got, (const char *)&paired + numbers[i].at, sizeof got);
        check_claim(isnan(got), __FILE__, __LINE__, "%s is %g", numbers[i].name, got);
    }
    CHECK(isnan(paired.baseline) && isnan(paired.now));
    CHECK(isnan(wilcoxon_p(NULL, 0)));
    bootstrap_mean(NULL, 0, 1, &low, &high);
    CHECK(isnan(low) && isnan(high));
}

TEST(one_record_has_no_spread)
{
    const double before = 0, after = 1;
    struct paired paired;

    paired_compare(&paired, &before, &after, 1, 1);
    CHECK_INT(paired.n, 1);
    CHECK(paired.difference == 1 && paired.low == 1 && paired.high == 1);
    CHECK(isnan(paired.spread) && isnan(paired.p_t) && isnan(paired.p_welch));
    CHECK(isnan(paired.cohens_d) && isnan(paired.cohens_d_pooled));
    CHECK(paired.p_mcnemar == 1 && paired.p_wilcoxon == 1);
    paired_compare(&paired, &before, &before, 1, 1);
    CHECK(isnan(paired.p_t) && paired.p_sign == 1);
}

TEST(records_with_one_side_are_left_out)
{
    const double before[] = {0, NAN, 1, 1, NAN}, after[] = {1, 1, NAN, 0, NAN};
    struct paired paired;

    paired_compare(&paired, before, after, 5, 1);
    CHECK_INT(paired.n, 2);
    CHECK(paired.baseline == 0.5 && paired.now == 0.5 && paired.binary);
    CHECK(paired.higher == 1 && paired.lower == 1 && paired.p_mcnemar == 1);
    paired_compare(&paired, before, after + 1, 1, 1);
    CHECK_INT(paired.n, 1);
    paired_compare(&paired, before + 1, after, 1, 1);
    CHECK_INT(paired.n, 0);
}

/* Tenths differ by an ulp here and there: the same difference three times has no spread. */
TEST(equal_differences_have_no_spread)
{
    const double before[] = {0, 0, 0}, after[] = {0.1, 0.1, 0.1};
    struct paired paired;

    paired_compare(&paired, before, after, 3, 1);
    CHECK(paired.spread == 0 && isinf(paired.t) && paired.p_t == 0 && isnan(paired.cohens_d));
}

TEST(infinite_values_spoil_what_they_must)
{
    const double before[] = {1, INFINITY, 2}, after[] = {2, INFINITY, 5};
    const double differences[] = {1, NAN, 2};
    struct paired paired;
    double low, high;

    paired_compare(&paired, before, after, 3, 1);
    CHECK(isnan(paired.difference) && isnan(paired.p_t) && isnan(paired.p_wilcoxon));
    CHECK(isnan(paired.low) && paired.higher == 2);
    bootstrap_mean(differences, 3, 1, &low, &high);
    CHECK(isnan(low) && isnan(high));
}

TEST(a_seed_gives_the_same_interval)
{
    const double values[] = {0.25, 1, -3, 0.5, 2};
    double low[3], high[3];

    for (size_t i = 0; i < 3; i++) bootstrap_mean(values, 5, i < 2 ? 7 : 8, &low[i], &high[i]);
    CHECK(low[0] == low[1] && high[0] == high[1]);
    CHECK(low[0] != low[2] || high[0] != high[2]);
    CHECK(low[0] < 0.15 && high[0] > 0.15);
}

int main(void)
{
    RUN(every_golden_line);
    RUN(nothing_is_known_of_nothing);
    RUN(one_record_has_no_spread);
    RUN(records_with_one_side_are_left_out);
    RUN(equal_differences_have_no_spread);
    RUN(infinite_values_spoil_what_they_must);
    RUN(a_seed_gives_the_same_interval);
    return check_end();
}

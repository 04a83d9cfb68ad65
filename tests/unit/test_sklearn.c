/* The rows that scikit-learn picks: every line of tests/golden/splits.jsonl, exactly. */
#include "split/sklearn.h"

#include "check.h"
#include "core/memory.h"
#include "unit/dataset.h"

#include <math.h>

static json_t *rows;
static size_t tried;

static size_t number_of(const json_t *row, const char *name)
{
    return (size_t)json_integer_value(json_object_get(row, name));
}

static bool same_rows(const size_t *got, size_t count, const json_t *want)
{
    if (json_array_size(want) != count) return false;
    for (size_t i = 0; i < count; i++)
        if (got[i] != (size_t)json_integer_value(json_array_get(want, i))) return false;
    return true;
}

/* The classes of the rows in order (NULL: of all), or NULL where there are no strata. */
static uint32_t *classes_of(const json_t *row, const size_t *order, size_t count)
{
    const json_t *list = json_object_get(row, "stratify");
    uint32_t *classes = list ? mem_alloc((count + 1) * sizeof *classes) : NULL;

    for (size_t i = 0; list && i < count; i++)
        classes[i] = (uint32_t)json_integer_value(json_array_get(list, order ? order[i] : i));
    return classes;
}

/* A count as the fraction that gives it. */
static double fraction_of(const json_t *size, size_t count)
{
    return json_is_real(size) ? json_real_value(size)
                              : (double)json_integer_value(size) / (double)count;
}

static void free_split(struct sklearn_split *split)
{
    mem_free(split->train);
    mem_free(split->test);
}

static bool take_one_step(const json_t *row)
{
    struct sklearn_split split;
    struct err err;
    size_t count = number_of(row, "n");
    uint32_t *classes = classes_of(row, NULL, count);
    bool good = sklearn_split(&split, count, fraction_of(json_object_get(row, "test_size"), count),
                              (uint32_t)number_of(row, "random_state"), classes, &err);

    mem_free(classes);
    if (!good) return false;
    good = same_rows(split.train, split.train_count, json_object_get(row, "train")) &&
           same_rows(split.test, split.test_count, json_object_get(row, "test"));
    free_split(&split);
    return good;
}

static void name_rows(size_t *picked, size_t count, const size_t *names)
{
    for (size_t i = 0; i < count; i++) picked[i] = names[picked[i]];
}

/* 0.3 first, then half of that. Returns whether neither step refused; *same tells the rest. */
static bool take_two_steps(const json_t *row, bool *same)
{
    struct sklearn_split first, second;
    struct err err;
    size_t count = number_of(row, "n");
    uint32_t seed = (uint32_t)number_of(row, "random_state");
    uint32_t *classes = classes_of(row, NULL, count);
    bool good = sklearn_split(&first, count, 0.3, seed, classes, &err);

    mem_free(classes);
    if (!good) return false;
    classes = classes_of(row, first.test, first.test_count);
    good = sklearn_split(&second, first.test_count, 0.5, seed, classes, &err);
    mem_free(classes);
    if (good) {
        name_rows(second.train, second.train_count, first.test);
        name_rows(second.test, second.test_count, first.test);
        *same = same_rows(first.train, first.train_count, json_object_get(row, "train")) &&
                same_rows(second.train, second.train_count, json_object_get(row, "val")) &&
                same_rows(second.test, second.test_count, json_object_get(row, "test"));
        free_split(&second);
    }
    free_split(&first);
    return good;
}

static void check_row(size_t line, const json_t *row)
{
    bool same = false, good;

    if (json_object_get(row, "shuffle")) return; /* we always shuffle */
    tried++;
    if (json_object_get(row, "error"))
        check_claim(!take_two_steps(row, &same), __FILE__, __LINE__, "line %zu is split", line);
    else if (json_object_get(row, "val"))
        good = take_two_steps(row, &same),
        check_claim(good && same, __FILE__, __LINE__, "line %zu: %s", line,
                    good ? "other rows" : "refused");
    else
        check_claim(take_one_step(row), __FILE__, __LINE__, "line %zu: other rows", line);
}

TEST(golden_rows)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row) check_row(i + 1, row);
    CHECK_INT(json_array_size(rows) - tried, 2);
}

TEST(refusals_have_reasons)
{
    const uint32_t lonely[] = {0, 0, 0, 1, 0, 0}, many[] = {0, 0, 1, 1, 2, 2};
    struct sklearn_split split;
    struct err err;

    CHECK(!sklearn_split(&split, 1, 0.3, 1, NULL, &err));
    CHECK_TEXT(err.text, "1 rows are too few to split: one side would be empty");
    CHECK(!sklearn_split(&split, 6, 0.5, 1, lonely, &err));
    CHECK_TEXT(err.text, "a stratum has only one member: it cannot stand on two sides");
    CHECK(!sklearn_split(&split, 6, 0.3, 1, many, &err));
    CHECK_TEXT(err.text, "3 strata do not fit into a test set of 2");
    CHECK(!sklearn_split(&split, 6, 0.7, 1, many, &err));
    CHECK_TEXT(err.text, "3 strata do not fit into a train set of 1");
}

/* A class nobody is in must change nothing. */
TEST(gaps_between_classes)
{
    uint32_t close[60], wide[60];
    struct sklearn_split a, b;
    struct err err;

    for (size_t i = 0; i < 60; i++) {
        close[i] = (uint32_t)(i * 7 % 3);
        wide[i] = close[i] * 1000 + 5;
    }
    if (!CHECK(sklearn_split(&a, 60, 0.25, 9, close, &err))) return;
    if (!CHECK(sklearn_split(&b, 60, 0.25, 9, wide, &err))) return;
    CHECK(a.test_count == 15 && b.test_count == 15);
    CHECK(memcmp(a.train, b.train, 45 * sizeof *a.train) == 0);
    CHECK(memcmp(a.test, b.test, 15 * sizeof *a.test) == 0);
    free_split(&a);
    free_split(&b);
}

/* Every row on exactly one side, and the strata in their shares, for many sizes. */
TEST(sides_are_a_partition)
{
    struct sklearn_split split;
    struct err err;
    uint32_t classes[200];
    bool good = true;

    for (size_t i = 0; i < 200; i++) classes[i] = i % 10 == 0 ? 1 : 0;
    for (size_t count = 40; count <= 200 && good; count++) {
        unsigned char sides[200] = {0};
        size_t rare = 0;

        good = sklearn_split(&split, count, 0.3, (uint32_t)count, classes, &err);
        if (!good) break;
        for (size_t i = 0; i < split.train_count; i++) sides[split.train[i]]++;
        for (size_t i = 0; i < split.test_count; i++) sides[split.test[i]]++;
        for (size_t i = 0; i < count; i++) good = good && sides[i] == 1;
        for (size_t i = 0; i < split.test_count; i++) rare += classes[split.test[i]];
        good = good && split.test_count == (size_t)ceil(0.3 * (double)count) &&
               fabs((double)rare - 0.03 * (double)count) <= 1.5;
        free_split(&split);
    }
    CHECK(good);
}

int main(void)
{
    rows = dataset_lines("tests/golden/splits.jsonl");
    if (!rows) {
        puts("Bail out! tests/golden/splits.jsonl");
        return 1;
    }
    RUN(golden_rows);
    RUN(refusals_have_reasons);
    RUN(gaps_between_classes);
    RUN(sides_are_a_partition);
    json_decref(rows);
    return check_end();
}

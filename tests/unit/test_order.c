#include "optimizer/order.h"

#include "check.h"
#include "unit/dataset.h"

/* Torch's own, of 10. */
TEST(small_permutations)
{
    const size_t want[3][10] = {{4, 1, 7, 5, 3, 9, 0, 8, 6, 2},
                                {2, 6, 1, 8, 4, 5, 0, 9, 3, 7},
                                {8, 4, 9, 0, 5, 1, 6, 7, 2, 3}};
    const uint64_t seeds[] = {0, 42, 43};
    size_t got[10];

    for (size_t i = 0; i < 3; i++) {
        order_epoch(seeds[i], 0, 10, got);
        CHECK(memcmp(got, want[i], sizeof got) == 0);
    }
    order_epoch(42, 1, 10, got);
    CHECK(memcmp(got, want[2], sizeof got) == 0);
    order_epoch(((uint64_t)7 << 32) + 41, 1, 10, got);
    CHECK(memcmp(got, want[1], sizeof got) == 0);
}

TEST(a_thousand)
{
    const size_t begin[] = {542, 618, 816, 68, 94, 215, 60, 585}, end[] = {284, 638, 96, 455};
    size_t got[1000];
    unsigned char seen[1000] = {0};
    bool all = true;

    order_epoch(42, 0, 1000, got);
    CHECK(memcmp(got, begin, sizeof begin) == 0);
    CHECK(memcmp(got + 996, end, sizeof end) == 0);
    for (size_t i = 0; i < 1000; i++) seen[got[i]]++;
    for (size_t i = 0; i < 1000; i++) all = all && seen[i] == 1;
    CHECK(all);
}

TEST(nothing_and_one)
{
    size_t got[2] = {7, 7};

    order_epoch(42, 0, 0, got);
    CHECK_INT(got[0], 7);
    order_epoch(42, 0, 1, got);
    CHECK_INT(got[0], 0);
    CHECK_INT(got[1], 7);
}

static size_t number_of(const json_t *run, const char *name)
{
    return (size_t)json_integer_value(json_object_get(run, name));
}

/* Epochs end with a smaller batch where the rows do not come out even. */
static void check_run_of(const json_t *run)
{
    const size_t rows = number_of(run, "rows"), batch = number_of(run, "batch");
    const json_t *batches = json_object_get(run, "microbatches");
    size_t at = 0, epoch = 0, order[64], same = 0;

    if (!CHECK(rows > 0 && rows <= 64 && batch > 0)) return;
    for (size_t i = 0; i < json_array_size(batches); i++) {
        const json_t *want = json_array_get(batches, i);
        const size_t take = rows - at < batch ? rows - at : batch;

        if (at == 0) order_epoch(number_of(run, "seed"), epoch++, rows, order);
        if (!CHECK(json_array_size(want) == take)) return;
        for (size_t k = 0; k < take; k++)
            same += order[at + k] == (size_t)json_integer_value(json_array_get(want, k));
        at = (at + take) % rows;
    }
    CHECK(epoch > 3);
    CHECK_INT(same, at + (epoch - (at > 0)) * rows);
}

TEST(batches_of_real_runs)
{
    json_t *runs = dataset_lines("tests/golden/schedule/order.jsonl");
    size_t i;
    json_t *run;

    CHECK_INT(json_array_size(runs), 2);
    json_array_foreach(runs, i, run) check_run_of(run);
    json_decref(runs);
}

int main(void)
{
    RUN(small_permutations);
    RUN(a_thousand);
    RUN(nothing_and_one);
    RUN(batches_of_real_runs);
    return check_end();
}

#include "optimizer/gradient_sum.h"

#include "check.h"
#include "core/memory.h"
#include "unit/numbers.h"
#include "unit/teams.h"

enum { MOST = 40, SIZE = 48 };

static struct parameters made(size_t size)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add(&parameters, "a", 1, (uint64_t[]){size - 11}, true);
    parameters_settle(&parameters);
    parameters_train(&parameters);
    return parameters;
}

/* What shard number i leaves behind: numbers of many sizes, so that an order shows. */
static void shard_fill(size_t i, float *x, size_t size)
{
    uint64_t seed = i * 977 + 5;

    for (size_t k = 0; k < size; k++) x[k] = number_next(&seed) * ldexpf(1, (int)((i + k) % 20));
}

/* The first power of two below the count, and the rest. */
static void naive(size_t first, size_t count, float *out)
{
    float rest[SIZE];
    size_t half = 1;

    if (count == 1) {
        shard_fill(first, out, SIZE);
        return;
    }
    while (half * 2 < count) half *= 2;
    naive(first, half, out);
    naive(first + half, count - half, rest);
    for (size_t k = 0; k < SIZE; k++) out[k] += rest[k];
}

/* Shards are added to what is there, as a backward pass adds. */
static void add_shard(size_t i, const struct parameters *parameters)
{
    float x[SIZE];

    shard_fill(i, x, SIZE);
    for (size_t k = 0; k < SIZE; k++) parameters->gradients[k] += x[k];
}

TEST(the_tree_of_every_count)
{
    struct team *team = team_start(2);
    struct parameters parameters = made(SIZE);
    struct gradient_sum sum;
    float want[SIZE];

    gradient_sum_init(&sum, &parameters, MOST);
    for (size_t shards = 1; shards <= MOST; shards++) {
        for (size_t k = 0; k < SIZE; k++)
            parameters.gradients[k] = 99; /* left by the last update */
        gradient_sum_begin(team, &sum, shards);
        for (size_t i = 0; i < shards; i++) {
            add_shard(i, &parameters);
            gradient_sum_take(team, &sum);
            if (i + 1 < shards)
                CHECK(parameters.gradients[0] == 0 && parameters.gradients[47] == 0);
        }
        naive(0, shards, want);
        CHECK(numbers_same(parameters.gradients, want, SIZE));
    }
    gradient_sum_release(&sum);
    parameters_release(&parameters);
    team_stop(team);
}

static size_t arrays_used(size_t shards)
{
    struct team *team = team_start(1);
    struct parameters parameters = made(SIZE);
    struct gradient_sum sum;
    size_t used = 0;

    gradient_sum_init(&sum, &parameters, shards);
    gradient_sum_begin(team, &sum, shards);
    for (size_t i = 0; i < shards; i++) gradient_sum_take(team, &sum);
    while (sum.sums[used]) used++;
    gradient_sum_release(&sum);
    parameters_release(&parameters);
    team_stop(team);
    return used;
}

TEST(memory_is_known_beforehand)
{
    struct parameters parameters = made(SIZE);

    for (size_t shards = 1; shards <= 70; shards++)
        CHECK_INT(arrays_used(shards) * SIZE * sizeof(float),
                  gradient_sum_bytes(&parameters, shards));
    CHECK_INT(gradient_sum_bytes(&parameters, 1), 0);
    CHECK_INT(gradient_sum_bytes(&parameters, 4), 2 * SIZE * 4);
    parameters_release(&parameters);
}

/* Machines with runs of four shards, and a sum of theirs. */
TEST(machines_agree)
{
    struct team *team = team_start(1);
    struct parameters one = made(SIZE), all = made(SIZE);
    struct gradient_sum run, whole;
    float want[SIZE];

    gradient_sum_init(&run, &one, 4);
    gradient_sum_init(&whole, &all, MOST);
    for (size_t shards = 1; shards <= MOST; shards++) {
        gradient_sum_begin(team, &whole, (shards + 3) / 4);
        for (size_t first = 0; first < shards; first += 4) {
            const size_t count = shards - first < 4 ? shards - first : 4;

            gradient_sum_begin(team, &run, count);
            for (size_t i = first; i < first + count; i++) {
                add_shard(i, &one);
                gradient_sum_take(team, &run);
            }
            for (size_t k = 0; k < SIZE; k++) all.gradients[k] = one.gradients[k];
            gradient_sum_take(team, &whole);
        }
        naive(0, shards, want);
        CHECK(numbers_same(all.gradients, want, SIZE));
    }
    gradient_sum_release(&run);
    gradient_sum_release(&whole);
    parameters_release(&one);
    parameters_release(&all);
    team_stop(team);
}

enum { LARGE = 100000 };

static void sum_five(struct team *team, void *out)
{
    struct parameters parameters = made(LARGE);
    struct gradient_sum sum;

    gradient_sum_init(&sum, &parameters, 5);
    gradient_sum_begin(team, &sum, 5);
    for (size_t i = 0; i < 5; i++) {
        shard_fill(i, parameters.gradients, LARGE);
        gradient_sum_take(team, &sum);
    }
    memcpy(out, parameters.gradients, LARGE * sizeof(float));
    gradient_sum_release(&sum);
    parameters_release(&parameters);
}

TEST(threads_change_nothing)
{
    CHECK(teams_agree(sum_five, LARGE * sizeof(float)));
}

int main(void)
{
    RUN(the_tree_of_every_count);
    RUN(memory_is_known_beforehand);
    RUN(machines_agree);
    RUN(threads_change_nothing);
    return check_end();
}

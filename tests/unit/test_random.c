/* What numpy 2.4.6 gives: RandomState(seed).randint(0, 2**32, dtype=uint32), .random_sample() and
 * .permutation(n). */
#include "hash/random.h"

#include "check.h"

static const struct {
    uint32_t seed, first[4], number1000, number1300;
    double units[3];
    size_t ten[10], seven[7]; /* permutations, the second one drawn after the first */
} goldens[] = {
    {0,
     {2357136044, 2546248239, 3071714933, 3626093760},
     3043451800,
     387547707,
     {0x1.18fe1565f12a8p-1, 0x1.6e2d4cf608733p-1, 0x1.349d66b6e894bp-1},
     {2, 8, 4, 9, 1, 6, 7, 3, 0, 5},
     {3, 1, 2, 6, 5, 0, 4}},
    {1,
     {1791095845, 4282876139, 3093770124, 4005303368},
     548926898,
     2604647584,
     {0x1.ab07d0ffa3c06p-2, 0x1.70ce5f3baf051p-1, 0x1.dfb906661c000p-14},
     {2, 9, 6, 4, 0, 3, 1, 7, 8, 5},
     {6, 3, 0, 2, 1, 4, 5}},
    {42,
     {1608637542, 3421126067, 4083286876, 787846414},
     1946654618,
     2059789457,
     {0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.76c7e8f1e6751p-1},
     {8, 1, 5, 0, 7, 2, 9, 4, 3, 6},
     {4, 1, 0, 3, 5, 6, 2}},
    {4294967295,
     {419326371, 479346978, 3918654476, 2416749639},
     2673539693,
     319045431,
     {0x1.8fe69a3924820p-4, 0x1.d323d824032b1p-1, 0x1.93fc6f61af3f9p-1},
     {6, 9, 5, 1, 8, 0, 7, 4, 2, 3},
     {0, 1, 5, 4, 6, 2, 3}},
};

#define GOLDENS (sizeof goldens / sizeof goldens[0])

static struct random source;

TEST(words)
{
    for (size_t g = 0; g < GOLDENS; g++) {
        random_init(&source, goldens[g].seed);
        for (int i = 1; i <= 1300; i++) {
            uint32_t word = random_u32(&source);

            if (i <= 4) CHECK_INT(word, goldens[g].first[i - 1]);
            if (i == 1000) CHECK_INT(word, goldens[g].number1000);
            if (i == 1300) CHECK_INT(word, goldens[g].number1300);
        }
    }
}

TEST(units)
{
    for (size_t g = 0; g < GOLDENS; g++) {
        random_init(&source, goldens[g].seed);
        for (int i = 0; i < 3; i++) CHECK(random_unit(&source) == goldens[g].units[i]);
    }
}

TEST(permutations)
{
    size_t ten[10], seven[7], one[1] = {9};

    for (size_t g = 0; g < GOLDENS; g++) {
        random_init(&source, goldens[g].seed);
        random_permutation(&source, ten, 10);
        random_permutation(&source, one, 1);
        random_permutation(&source, NULL, 0);
        random_permutation(&source, seven, 7);
        CHECK(memcmp(ten, goldens[g].ten, sizeof ten) == 0 && one[0] == 0);
        CHECK(memcmp(seven, goldens[g].seven, sizeof seven) == 0);
    }
}

TEST(long_permutation)
{
    static size_t order[100000];
    const size_t count = sizeof order / sizeof order[0];
    size_t sum = 0;

    random_init(&source, 42);
    random_permutation(&source, order, count);
    for (size_t i = 0; i < count; i++) sum += i * order[i];
    CHECK(order[0] == 75721 && order[1] == 80184 && order[2] == 19864);
    CHECK(order[99997] == 76820 && order[99998] == 860 && order[99999] == 15795);
    CHECK_INT(sum, 249851129327323);
}

TEST(bounds_are_reached_and_kept)
{
    size_t counts[7] = {0}, large = 0;

    random_init(&source, 7);
    for (int i = 0; i < 7000; i++) {
        size_t value = random_upto(&source, 6);

        if (value <= 6) counts[value]++;
    }
    for (int i = 0; i < 7; i++) CHECK(counts[i] > 850 && counts[i] < 1150);
    CHECK_INT(random_upto(&source, 0), 0);
    for (int i = 0; i < 100; i++) {
        size_t value = random_upto(&source, (size_t)1 << 40);

        CHECK(value <= (size_t)1 << 40);
        large += value > UINT32_MAX;
    }
    CHECK(large > 90);
}

int main(void)
{
    RUN(words);
    RUN(units);
    RUN(permutations);
    RUN(long_permutation);
    RUN(bounds_are_reached_and_kept);
    return check_end();
}

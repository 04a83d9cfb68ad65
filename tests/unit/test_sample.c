#include "review/sample.h"

#include "check.h"
#include "core/memory.h"
#include "hash/random.h"
#include "review/blind.h"

/* Records whose strata have these sizes, one after the other. */
static size_t deal(struct sample_record *records, const size_t *sizes, size_t strata, uint32_t seed)
{
    struct random random;
    size_t count = 0;

    random_init(&random, seed);
    for (size_t s = 0; s < strata; s++)
        for (size_t i = 0; i < sizes[s]; i++)
            records[count++] = (struct sample_record){
                .stratum = s, .luck = random_u32(&random), .place = random_u32(&random)};
    return count;
}

static void count_strata(const struct sample_record *records, const size_t *picks, size_t drawn,
                         size_t *found)
{
    for (size_t i = 0; i < drawn; i++) found[records[picks[i]].stratum]++;
}

TEST(shares_are_proportional)
{
    static const size_t sizes[] = {40, 30, 20, 10};
    struct sample_record records[100];
    size_t picks[50], found[4] = {0};
    const size_t count = deal(records, sizes, 4, 1);

    CHECK_INT(sample_draw(records, count, 50, picks), 50);
    count_strata(records, picks, 50, found);
    CHECK(found[0] == 20 && found[1] == 15 && found[2] == 10 && found[3] == 5);
}

/* 10 of 7, 7, 6: shares 3.5, 3.5, 3.0; one is left, for the first of those with a half. */
TEST(remainders_go_to_the_largest)
{
    static const size_t sizes[] = {7, 7, 6};
    struct sample_record records[20];
    size_t picks[10], found[3] = {0};

    CHECK_INT(sample_draw(records, deal(records, sizes, 3, 2), 10, picks), 10);
    count_strata(records, picks, 10, found);
    CHECK(found[0] == 4 && found[1] == 3 && found[2] == 3);
}

TEST(nothing_is_drawn_twice)
{
    static const size_t sizes[] = {1, 1, 1, 50, 200, 3};
    struct sample_record records[256];
    size_t picks[SAMPLE_MOST];
    bool good = true;
    const size_t count = deal(records, sizes, 6, 3);

    for (size_t wanted = 0; wanted <= count && good; wanted++) {
        unsigned char seen[256] = {0};

        good = sample_draw(records, count, wanted, picks) == wanted;
        for (size_t i = 0; i < wanted && good; i++) good = picks[i] < count && !seen[picks[i]]++;
        for (size_t i = 1; i < wanted && good; i++)
            good = records[picks[i - 1]].place <= records[picks[i]].place;
    }
    CHECK(good);
}

TEST(fewer_than_wanted)
{
    static const size_t sizes[] = {2, 1};
    struct sample_record records[3];
    size_t picks[SAMPLE_MOST];
    const size_t count = deal(records, sizes, 2, 4);

    CHECK_INT(sample_draw(records, count, SAMPLE_MOST, picks), 3);
    CHECK_INT(sample_draw(records, 0, 10, picks), 0);
    CHECK_INT(sample_draw(records, count, 0, picks), 0);
}

/* Whoever is lucky is drawn wherever the record stands. */
TEST(order_of_records_does_not_matter)
{
    static const size_t sizes[] = {30, 20};
    struct sample_record records[50], turned[50];
    size_t picks[10], again[10];
    bool same = true;
    const size_t count = deal(records, sizes, 2, 5);

    for (size_t i = 0; i < count; i++) turned[i] = records[count - 1 - i];
    sample_draw(records, count, 10, picks);
    sample_draw(turned, count, 10, again);
    for (size_t i = 0; i < 10; i++) same = same && picks[i] == count - 1 - again[i];
    CHECK(same);
}

TEST(luck_decides)
{
    const struct sample_record records[] = {{0, 5, 3}, {0, 9, 2}, {0, 1, 1}, {0, 9, 0}};
    size_t picks[2];

    CHECK_INT(sample_draw(records, 4, 2, picks), 2);
    CHECK(picks[0] == 3 && picks[1] == 1);
}

/* The same on every machine: sheets are unblinded elsewhere. */
TEST(lots_are_for_ever)
{
    const struct blind blind = blind_of(7);
    const struct blind_lot lot = blind_lot(&blind, (struct hash128){1, 2});

    CHECK(lot.luck == 0x43f211aed8bfe620ULL && lot.place == 0xa3c897025ba91c68ULL);
    CHECK(blind_now_first(&blind, (struct hash128){1, 2}, TEXT("yes"), TEXT("no")));
    CHECK(blind_text(&blind, TEXT("yes")) == 0xa1eab3aa3addebe5ULL);
}

TEST(sides_are_a_fair_coin)
{
    const struct blind blind = blind_of(1), other = blind_of(2);
    size_t first = 0, differ = 0, answers = 0, swapped = 0;

    for (uint64_t i = 0; i < 10000; i++) {
        const struct hash128 record = {i, 0};
        const bool a = blind_now_first(&blind, record, TEXT("yes"), TEXT("no"));

        first += a;
        differ += a != blind_now_first(&other, record, TEXT("yes"), TEXT("no"));
        answers += a != blind_now_first(&blind, record, TEXT("yes"), TEXT("maybe"));
        swapped += a != blind_now_first(&blind, record, TEXT("no"), TEXT("yes"));
    }
    CHECK(first > 4800 && first < 5200);
    CHECK(differ > 4800 && differ < 5200);
    CHECK(answers > 3133 && answers < 3533); /* a third: 'maybe' falls between or not */
    CHECK_INT(swapped, 10000);
}

int main(void)
{
    RUN(shares_are_proportional);
    RUN(remainders_go_to_the_largest);
    RUN(nothing_is_drawn_twice);
    RUN(fewer_than_wanted);
    RUN(order_of_records_does_not_matter);
    RUN(luck_decides);
    RUN(lots_are_for_ever);
    RUN(sides_are_a_fair_coin);
    return check_end();
}

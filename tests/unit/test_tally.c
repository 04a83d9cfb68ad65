#include "learn/tally.h"

#include "check.h"

static struct tally_part part(double sum, double weight)
{
    struct tally_part part = {0};

    part.sums[TALLY_MARGIN] = sum;
    part.weights[TALLY_MARGIN] = weight;
    return part;
}

/* A microbatch of one pair counts as much as one of three. */
TEST(each_microbatch_has_a_mean_of_its_own)
{
    const struct tally_part three = part(6, 3), one = part(5, 1);
    struct tally tally = {0};
    double mean = 0;

    tally_add(&tally, &three);
    tally_add(&tally, &one);
    CHECK(tally_mean(&tally, TALLY_MARGIN, &mean));
    CHECK_NEAR(mean, 3.5, 0);
}

TEST(what_was_not_measured_has_no_mean)
{
    const struct tally_part some = part(6, 3);
    struct tally tally = {0};
    double mean = 7;

    CHECK(!tally_mean(&tally, TALLY_MARGIN, &mean));
    tally_add(&tally, &some);
    CHECK(!tally_mean(&tally, TALLY_ENTROPY, &mean));
    CHECK_NEAR(mean, 7, 0);
}

TEST(tallies_are_merged)
{
    const struct tally_part a = part(1, 1), b = part(3, 1);
    struct tally tally = {0}, more = {0};
    double mean = 0;

    tally_add(&tally, &a);
    tally_add(&more, &b);
    tally_merge(&tally, &more);
    CHECK(tally_mean(&tally, TALLY_MARGIN, &mean));
    CHECK_NEAR(mean, 2, 0);
}

/* As a checkpoint does it: written as text, and read. */
TEST(a_saved_tally_goes_on_with_the_same_bits)
{
    const struct tally_part third = part(1, 3);
    struct tally tally = {0}, again;
    json_t *saved, *read;
    char *text;
    struct err err;

    tally_add(&tally, &third);
    saved = tally_save(&tally);
    text = json_dumps(saved, JSON_REAL_PRECISION(17));
    read = json_loads(text, 0, NULL);
    CHECK(tally_load(&again, read, &err));
    for (size_t i = 0; i < TALLY_VALUES; i++) {
        CHECK_NEAR(tally.sums[i], again.sums[i], 0);
        CHECK_INT(tally.counts[i], again.counts[i]);
    }
    free(text);
    json_decref(saved);
    json_decref(read);
}

static const char *wrong(const char *text)
{
    static struct err err;
    struct tally tally;
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    if (tally_load(&tally, json, &err)) snprintf(err.text, sizeof err.text, "nothing");
    json_decref(json);
    return err.text;
}

TEST(a_damaged_one_is_told)
{
    CHECK_TEXT(wrong("{}"), "nothing");
    CHECK_TEXT(wrong("[]"), "the sums of the log are missing");
    CHECK_TEXT(wrong("{\"entropy\":[1]}"), "the sum of 'entropy' is damaged");
    CHECK_TEXT(wrong("{\"entropy\":[1,0]}"), "the sum of 'entropy' is damaged");
    CHECK_TEXT(wrong("{\"entropy\":[\"1\",2]}"), "the sum of 'entropy' is damaged");
}

int main(void)
{
    RUN(each_microbatch_has_a_mean_of_its_own);
    RUN(what_was_not_measured_has_no_mean);
    RUN(tallies_are_merged);
    RUN(a_saved_tally_goes_on_with_the_same_bits);
    RUN(a_damaged_one_is_told);
    return check_end();
}

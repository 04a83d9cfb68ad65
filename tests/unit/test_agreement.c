/* Cohen's kappa, worked out by hand: kappa = (seen - expected) / (1 - expected). */
#include "filter/agreement.h"

#include "check.h"

#include <math.h>
#include <time.h>

static struct agreement agreement;

/* Each string is one annotator's judgement of items 0, 1, 2 ...: '1' first, '2' second, '.'
 * none. */
static void fill(const char *const *annotators, size_t count, double bound)
{
    struct err err;

    agreement_release(&agreement);
    for (size_t a = 0; a < count; a++) {
        char name[2] = {(char)('a' + a), '\0'};
        struct judgement judgement = {{0, 0}, 0, false};

        CHECK(agreement_annotator(&agreement, text_of(name), &judgement.annotator, &err));
        CHECK_INT(judgement.annotator, a);
        for (size_t i = 0; annotators[a][i]; i++) {
            judgement.item = (struct hash128){i % 3, i};
            judgement.first = annotators[a][i] == '1';
            if (annotators[a][i] != '.') agreement_add(&agreement, &judgement);
        }
    }
    agreement_compute(&agreement, bound);
}

/* The table of the textbooks: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: seen 0.7, expected
 * 0.5 * 0.6 + 0.5 * 0.4 = 0.5, kappa 0.4. */
TEST(textbook)
{
    struct kappa kappa = {.table = {20, 5, 10, 15}};

    CHECK_INT(kappa_items(&kappa), 50);
    CHECK_NEAR(kappa_value(&kappa), 0.4, 1e-12);
    kappa = (struct kappa){.table = {0, 5, 5, 0}}; /* seen 0, expected 0.5 */
    CHECK_NEAR(kappa_value(&kappa), -1, 1e-12);
    kappa = (struct kappa){.table = {9, 0, 0, 0}}; /* nothing to expect otherwise */
    CHECK_NEAR(kappa_value(&kappa), 1, 1e-12);
    kappa = (struct kappa){.table = {5, 5, 0, 0}}; /* seen 0.5, expected 1 * 0.5 */
    CHECK_NEAR(kappa_value(&kappa), 0, 1e-12);
}

TEST(two_annotators)
{
    static const char *const rows[] = {"1112212.1", "1122211.."};

    fill(rows, 2, -2); /* items 0..6: 1-1 three times, 1-2 once, 2-1 once, 2-2 twice */
    CHECK_INT(agreement.kappa_count, 1);
    CHECK_INT(agreement.kappas[0].table[0], 3);
    CHECK_INT(agreement.kappas[0].table[1], 1);
    CHECK_INT(agreement.kappas[0].table[2], 1);
    CHECK_INT(agreement.kappas[0].table[3], 2);
    /* seen 5/7, expected 16/49 + 9/49 = 25/49: (35 - 25) / (49 - 25) */
    CHECK_NEAR(agreement.scores[0], 10.0 / 24, 1e-12);
    CHECK_NEAR(agreement.scores[1], 10.0 / 24, 1e-12);
    CHECK(!agreement.dropped[0] && !agreement.dropped[1]);
}

/* b is careless; without him a and c agree wholly. */
TEST(the_worst_goes_first)
{
    static const char *const rows[] = {"11221122", "21212121", "11221122", "........"};

    fill(rows, 4, -2);
    /* a-b: seen 1/2, expected 1/2: 0; a-c: 1; so a and c have 1/2, b has 0, d nothing */
    CHECK_NEAR(agreement.scores[0], 0.5, 1e-12);
    CHECK_NEAR(agreement.scores[1], 0, 1e-12);
    CHECK(isnan(agreement.scores[3]));
    fill(rows, 4, 0.6);
    CHECK(!agreement.dropped[0] && agreement.dropped[1] && !agreement.dropped[2]);
    CHECK(!agreement.dropped[3]); /* who shares nothing cannot be judged */
    CHECK_NEAR(agreement.scores[0], 1, 1e-12);
    CHECK_NEAR(agreement.scores[1], 0, 1e-12);
}

TEST(scores_are_weighted_by_items)
{
    static const char *const rows[] = {"111122221122", "11112222....", "........2211"};

    fill(rows, 3, -2); /* a-b: 1 over 8 items; a-c: -1 over 4 */
    CHECK_NEAR(agreement.scores[0], (8.0 - 4.0) / 12, 1e-12);
    CHECK_NEAR(agreement.scores[1], 1, 1e-12);
    CHECK_NEAR(agreement.scores[2], -1, 1e-12);
    fill(rows, 3, 0.5); /* c goes, and then a agrees with all that is left */
    CHECK(!agreement.dropped[0] && !agreement.dropped[1] && agreement.dropped[2]);
    fill(rows, 3, 1.5); /* nobody is good enough */
    CHECK(agreement.dropped[0] && agreement.dropped[1] && agreement.dropped[2]);
}

/* The one who is left was below the bound, too; only who was not may stay unjudged. */
TEST(two_who_disagree_both_go)
{
    static const char *const rows[] = {"1122", "2211", "....1212", "....1212........1",
                                       "................2"};

    fill(rows, 2, 0.6);
    CHECK(agreement.dropped[0] && agreement.dropped[1]);
    CHECK_NEAR(agreement.scores[0], -1, 1e-12);
    CHECK_NEAR(agreement.scores[1], -1, 1e-12);
    fill(rows, 5, 0.6); /* e has 0 with d alone, who has more with c */
    CHECK(agreement.dropped[0] && agreement.dropped[1] && agreement.dropped[4]);
    CHECK(!agreement.dropped[2] && !agreement.dropped[3]);
}

TEST(nobody)
{
    fill(NULL, 0, 0.5);
    CHECK_INT(agreement.kappa_count, 0);
}

TEST(judging_twice_counts_once)
{
    struct judgement judgements[] = {{{1, 1}, 0, true}, {{1, 1}, 1, true},  {{1, 1}, 1, true},
                                     {{1, 1}, 0, true}, {{2, 1}, 0, false}, {{2, 1}, 1, false},
                                     {{3, 1}, 0, true}, {{3, 1}, 0, true}};
    struct err err;
    uint32_t number;

    agreement_release(&agreement);
    agreement_annotator(&agreement, TEXT("a"), &number, &err);
    agreement_annotator(&agreement, TEXT("b"), &number, &err);
    for (size_t i = 0; i < 8; i++) agreement_add(&agreement, &judgements[i]);
    agreement_compute(&agreement, -2);
    CHECK_INT(agreement.kappa_count, 1);
    CHECK_INT(kappa_items(&agreement.kappas[0]), 2);
    CHECK_NEAR(kappa_value(&agreement.kappas[0]), 1, 1e-12);
}

TEST(names)
{
    struct err err;
    uint32_t number;
    char name[16];

    agreement_release(&agreement);
    for (uint32_t i = 0; i < ANNOTATORS_MOST; i++) {
        snprintf(name, sizeof name, "%u", i);
        CHECK(agreement_annotator(&agreement, text_of(name), &number, &err) && number == i);
    }
    CHECK(agreement_annotator(&agreement, TEXT("7"), &number, &err) && number == 7);
    CHECK(!agreement_annotator(&agreement, TEXT("x"), &number, &err));
    CHECK_TEXT(err.text, "more than 1024 annotators");
}

TEST(names_of_any_bytes)
{
    struct err err;
    uint32_t a, b, c, again;

    agreement_release(&agreement);
    CHECK(agreement_annotator(&agreement, TEXT("x\0a"), &a, &err));
    CHECK(agreement_annotator(&agreement, TEXT("x\0b"), &b, &err));
    CHECK(agreement_annotator(&agreement, TEXT(""), &c, &err));
    CHECK(agreement_annotator(&agreement, TEXT("x\0b"), &again, &err));
    CHECK(a == 0 && b == 1 && c == 2 && again == 1);
    CHECK(agreement.names[1].len == 3 && memcmp(agreement.names[1].at, "x\0b", 3) == 0);
}

TEST(the_lowest_come_first)
{
    static const char *const rows[] = {"11221122", "........", "21212121", "11221122", "11221111"};

    fill(rows, 5, -2);
    CHECK_INT(agreement.kappa_count, 6);
    for (size_t i = 1; i < 6; i++)
        CHECK(agreement.kappas[i - 1].value <= agreement.kappas[i].value);
    CHECK(agreement.kappas[5].a == 0 && agreement.kappas[5].b == 3);
    CHECK_NEAR(agreement.kappas[5].value, 1, 1e-12);
    CHECK_INT(agreement.ranking[0].annotator, 2);
    CHECK(agreement.ranking[2].annotator == 0 && agreement.ranking[3].annotator == 3);
    CHECK_INT(agreement.ranking[4].annotator, 1); /* not judged */
}

/* Each two of 600 annotators share one item and disagree: all have to go. */
TEST(many_annotators)
{
    clock_t begin = clock();
    struct err err;
    char name[16];
    uint64_t item = 0;
    size_t dropped = 0;
    uint32_t number;

    agreement_release(&agreement);
    for (uint32_t i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "%u", i);
        CHECK(agreement_annotator(&agreement, text_of(name), &number, &err));
    }
    for (uint32_t a = 0; a < 600; a++)
        for (uint32_t b = a + 1; b < 600; b++) {
            item++;
            agreement_add(&agreement, &(struct judgement){{item, item}, a, true});
            agreement_add(&agreement, &(struct judgement){{item, item}, b, false});
        }
    agreement_compute(&agreement, 0.5);
    for (uint32_t i = 0; i < 600; i++) dropped += agreement.dropped[i];
    CHECK(dropped == 600);
    CHECK_INT(agreement.kappa_count, 179700);
    CHECK((double)(clock() - begin) / CLOCKS_PER_SEC < 20); /* cubic took over a minute */
}

int main(void)
{
    RUN(textbook);
    RUN(two_annotators);
    RUN(the_worst_goes_first);
    RUN(scores_are_weighted_by_items);
    RUN(two_who_disagree_both_go);
    RUN(nobody);
    RUN(judging_twice_counts_once);
    RUN(names);
    RUN(names_of_any_bytes);
    RUN(the_lowest_come_first);
    RUN(many_annotators);
    agreement_release(&agreement);
    return check_end();
}

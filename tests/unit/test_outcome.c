/* Reviews that come back: whose each choice is, what they show, and as results. */
#include "check.h"
#include "files.h"
#include "review/unblinded.h"
#include "review_scene.h"

static struct err err;

static struct review_scene scene;

static bool open_many(size_t count, size_t bytes, const char *filler)
{
    return CHECK(review_scene_open(&scene, count, bytes, filler, &err));
}

static bool says(struct text text, const char *want)
{
    return text.len == strlen(want) && memcmp(text.at, want, text.len) == 0;
}

static bool open_text(const char *text)
{
    return CHECK(results_open(&scene.now, files_text("now.jsonl", text), &err)) &&
           CHECK(duels_find(&scene.duels, &scene.now, NULL, &err));
}

static void check_unblinded(bool likes_now, bool keys, const uint64_t *seed)
{
    struct sheet sheet;
    struct verdicts verdicts = {0};
    struct outcome outcome;

    sheet_draw(&sheet, &scene.duels, 20, 7);
    review_scene_fill(&sheet, likes_now, keys, &verdicts.text);
    CHECK(verdicts_take(&verdicts, "r.csv", &err));
    if (CHECK(outcome_find(&outcome, &verdicts, &scene.duels, seed, &err))) {
        CHECK_INT(outcome.all.wins, likes_now ? 16 : 0);
        CHECK_INT(outcome.all.losses, likes_now ? 0 : 16);
        CHECK_INT(outcome.all.ties, 4);
        CHECK_INT(outcome.sides[0] + outcome.sides[1], 16);
        CHECK_INT(outcome.group_count, 3);
        CHECK(outcome.sides[0] > 0 && outcome.sides[1] > 0);
        CHECK_NEAR(outcome_rate(outcome.all).p, 2.0 / 65536, 1e-15);
        outcome_release(&outcome);
    } else {
        printf("# %s\n", err.text);
    }
    verdicts_close(&verdicts);
    sheet_release(&sheet);
}

TEST(choices_find_their_authors)
{
    const uint64_t seed = 7;

    if (!open_many(60, 0, "")) return;
    check_unblinded(true, true, NULL);
    check_unblinded(false, true, &seed);
    check_unblinded(true, false, &seed);
    check_unblinded(false, false, &seed);
    review_scene_close(&scene);
}

static void bad_outcome(const char *text, const uint64_t *seed, const char *want)
{
    struct verdicts verdicts = {0};
    struct outcome outcome;
    const char *at;

    buffer_text(&verdicts.text, text);
    if (!CHECK(verdicts_take(&verdicts, "r", &err))) return;
    CHECK(!outcome_find(&outcome, &verdicts, &scene.duels, seed, &err));
    at = strstr(err.text, scene.now.path);
    if (at)
        memmove((char *)at, at + strlen(scene.now.path) - 9,
                strlen(at + strlen(scene.now.path) - 9) + 1);
    CHECK_TEXT(err.text, want);
    verdicts_close(&verdicts);
}

/* A key tells the sides whatever order the sheet had, as one of an earlier version may. */
TEST(keys_of_any_order)
{
    struct buffer scratch = {0};
    const struct blind blind = blind_of(7);

    if (!open_many(1, 0, "")) return;
    for (int now_first = 0; now_first < 2; now_first++) {
        struct verdicts verdicts = {0};
        struct outcome outcome;
        uint64_t keys[2];

        scratch.len = 0;
        keys[!now_first] = blind_text(&blind, duels_now(&scene.duels, 0, &scratch));
        scratch.len = 0;
        keys[now_first] = blind_text(&blind, duels_baseline(&scene.duels, 0, &scratch));
        buffer_format(&verdicts.text, "id,choice,key\nr0,1,7-%016llx-%016llx\n",
                      (unsigned long long)keys[0], (unsigned long long)keys[1]);
        CHECK(verdicts_take(&verdicts, "r", &err));
        if (CHECK(outcome_find(&outcome, &verdicts, &scene.duels, NULL, &err))) {
            CHECK_INT(outcome.all.wins, now_first);
            CHECK_INT(outcome.all.losses, !now_first);
            outcome_release(&outcome);
        }
        verdicts_close(&verdicts);
    }
    buffer_release(&scratch);
    review_scene_close(&scene);
}

TEST(bad_outcomes)
{
    const uint64_t seed = 8;

    if (!open_many(4, 0, "")) return;
    bad_outcome("r0,1\n", NULL, "r: no key in it: name the sheet's seed with --seed");
    bad_outcome("r0,1\nr9,1\n", &seed,
                "r:2: 'r9' is no record of 'now.jsonl' with two different answers");
    bad_outcome("r0,1\nr1,2\nr0,1\n", &seed, "r:3: 'r0' was judged on line 1 already");
    bad_outcome("r0,1\n'r0,1\n r0 ,2\n", &seed,
                "r:2: ''r0' is no record of 'now.jsonl' with two different answers");
    bad_outcome("id,choice,key\nr0,1,7-3f0c9a4be1d25577-90b1e6f2c4a83d10\n", &seed,
                "r: of a sheet with the seed 7, not 8");
    bad_outcome("id,choice,key\nr0,1,7-3f0c9a4be1d25577-90b1e6f2c4a83d10\n", NULL,
                "r:2: the answers to 'r0' in the results are not those of the sheet");
    review_scene_close(&scene);
}

TEST(ids_in_other_clothes)
{
    const uint64_t seed = 1;
    struct verdicts verdicts = {0};
    struct outcome outcome;

    if (!open_text("{\"id\":\"=a\",\"prompt\":\"p\",\"generated\":\"x\",\"reference\":\"y\"}\n"
                   "{\"id\":\"b\",\"prompt\":\"q\",\"generated\":\"x\",\"reference\":\"y\"}\n" END))
        return;
    buffer_text(&verdicts.text, "'=a,tie\n b ,\n");
    CHECK(verdicts_take(&verdicts, "r", &err));
    CHECK(outcome_find(&outcome, &verdicts, &scene.duels, &seed, &err));
    CHECK(outcome.all.ties == 1 && outcome.open == 1);
    CHECK(isnan(outcome_rate(outcome.all).rate) && outcome_rate(outcome.all).score == 0.5);
    outcome_release(&outcome);
    verdicts_close(&verdicts);
    review_scene_close(&scene);
}

/* Wilson's interval and the sign test as scipy has them: binomtest(k, n).proportion_ci(
 * method='wilson') and .pvalue. */
TEST(rates)
{
    static const struct {
        struct outcome_counts counts;
        double rate, low, high, p, score;
    } rows[] = {
        {{24, 14, 12},
         0.631578947368421,
         0.4728395955700901,
         0.7661578075284403,
         0.14330665429588407,
         0.6},
        {{10, 0, 0}, 1.0, 0.7224672001371109, 1.0, 0.001953125, 1.0},
        {{0, 7, 3}, 0.0, 0.0, 0.35433043506668743, 0.015625, 0.15},
        {{1, 0, 0}, 1.0, 0.20654931437723745, 1.0, 1.0, 1.0},
        {{50, 50, 0}, 0.5, 0.4038315303659956, 0.5961684696340044, 1.0, 0.5},
        {{3, 9, 38}, 0.25, 0.08894166839405471, 0.5323053349335657, 0.14599609375, 0.44},
        {{300, 200, 0}, 0.6, 0.5564541227024271, 0.6420210092052625, 8.940066542253288e-06, 0.6},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct outcome_rate rate = outcome_rate(rows[i].counts);

        CHECK_NEAR(rate.rate, rows[i].rate, 1e-15);
        CHECK_NEAR(rate.low, rows[i].low, 1e-12);
        CHECK_NEAR(rate.high, rows[i].high, 1e-12);
        CHECK_NEAR(rate.p, rows[i].p, 1e-12);
        CHECK_NEAR(rate.score, rows[i].score, 1e-15);
        CHECK(rate.score_low <= rate.score && rate.score <= rate.score_high);
    }
}

TEST(no_choice_no_rate)
{
    const struct outcome_rate none = outcome_rate((struct outcome_counts){0});

    CHECK(isnan(none.rate) && isnan(none.low) && isnan(none.score) && isnan(none.score_low));
    CHECK(none.p == 1);
}

TEST(a_place_that_decides)
{
    const struct outcome outcome = {.sides = {30, 8}}, fair = {.sides = {20, 18}};

    CHECK(outcome_side_p(&outcome) < 0.01 && outcome_side_p(&fair) > 0.5);
}

/* A review is a file of results like any other. */
TEST(a_review_is_results)
{
    struct sheet sheet;
    struct verdicts verdicts = {0};
    struct outcome outcome;
    struct buffer out = {0};
    struct results review;

    if (!open_many(12, 0, "")) return;
    sheet_draw(&sheet, &scene.duels, 10, 7);
    review_scene_fill(&sheet, true, true, &verdicts.text);
    CHECK(verdicts_take(&verdicts, "r.csv", &err));
    if (!CHECK(outcome_find(&outcome, &verdicts, &scene.duels, NULL, &err))) return;
    unblinded_write(&outcome, &verdicts, &scene.duels, &out);
    buffer_byte(&out, '\0');
    if (CHECK(results_open(&review, files_text("review.jsonl", out.at), &err))) {
        size_t item;

        CHECK_INT(review.count, 10);
        CHECK(results_metric(&review, TEXT("win_rate")) == 1);
        CHECK_NEAR(results_metric(&review, TEXT("win_score")), 0.9, 1e-15);
        CHECK(results_metric(&review, TEXT("ties")) == 2);
        CHECK(results_find(&review, scene.duels.items[sheet.picks[4]].key, &item) && item == 4);
        CHECK(results_scores_named(&review, TEXT("win_score"))->values[4] == 0.5);
        CHECK(isnan(results_scores_named(&review, TEXT("win_rate"))->values[4]));
        CHECK(results_groups_named(&review, TEXT("category"))->values[4].len == 2);
        CHECK(strstr(out.at, "\"choice\":\"now\"") && strstr(out.at, "\"note\":\"so, so\""));
        results_close(&review);
    } else {
        printf("# %s\n", err.text);
    }
    buffer_release(&out);
    outcome_release(&outcome);
    verdicts_close(&verdicts);
    sheet_release(&sheet);
    review_scene_close(&scene);
}

/* A sheet for a spreadsheet, sent back with its choices, is read. */
TEST(a_table_comes_back)
{
    struct sheet sheet;
    struct verdicts verdicts = {0};
    struct outcome outcome;
    struct buffer table = {0};
    const char *at;

    if (!open_many(5, 1, "\\\"\\n=")) return;
    sheet_draw(&sheet, &scene.duels, 5, 7);
    sheet_table(&sheet, &table);
    CHECK(says((struct text){table.at, 45}, "id,prompt,answer 1,answer 2,choice,note,key\r\n"));
    buffer_byte(&table, '\0');
    for (at = table.at; *at; at++) {
        const bool choice = strncmp(at, ",,,\"7-", 6) == 0;

        buffer_add(&verdicts.text, choice ? ",1,fine" : at, choice ? 7 : 1);
        if (choice) at += 1;
    }
    CHECK(verdicts_take(&verdicts, "r.csv", &err));
    if (CHECK(outcome_find(&outcome, &verdicts, &scene.duels, NULL, &err))) {
        CHECK_INT(outcome.sides[0], 5);
        outcome_release(&outcome);
    }
    buffer_release(&table);
    verdicts_close(&verdicts);
    sheet_release(&sheet);
    review_scene_close(&scene);
}

int main(void)
{
    RUN(choices_find_their_authors);
    RUN(keys_of_any_order);
    RUN(bad_outcomes);
    RUN(ids_in_other_clothes);
    RUN(rates);
    RUN(no_choice_no_rate);
    RUN(a_place_that_decides);
    RUN(a_review_is_results);
    RUN(a_table_comes_back);
    return check_end();
}

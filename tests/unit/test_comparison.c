/* Marks, and what is made from them: comparisons, groups, the worst records. */
#include "eval/comparison.h"

#include "check.h"
#include "eval/groups.h"
#include "eval/worst.h"
#include "files.h"
#include "records/value.h"
#include "results/goal.h"

static struct err err;

#define END "{\"metrics\":{}}\n"

static bool take(struct marks *marks, const char *text)
{
    struct results results;

    if (!CHECK(results_open(&results, files_text("marks.jsonl", text), &err))) return false;
    marks_take(marks, &results);
    results_close(&results);
    return true;
}

/* A record with the id i, a category and a score or none (NaN). */
static void add_line(struct buffer *text, int id, const char *metric, double score,
                     const char *category)
{
    buffer_format(text,
                  "{\"id\":%d,\"prompt\":\"p%d\",\"groups\":{\"category\":\"%s\"},"
                  "\"scores\":{\"%s\":",
                  id, id, category, metric);
    if (isnan(score))
        buffer_text(text, "null");
    else
        number_write(text, score);
    buffer_text(text, "}}\n");
}

static bool take_scores(struct marks *marks, const char *metric, const double *scores, int count)
{
    struct buffer text = {0};
    bool good;

    for (int i = 0; i < count; i++) add_line(&text, i, metric, scores[i], i % 2 ? "odd" : "even");
    buffer_text(&text, END);
    buffer_byte(&text, '\0');
    good = take(marks, text.at);
    buffer_release(&text);
    return good;
}

TEST(marks_from_results)
{
    const double scores[] = {1, NAN, 0, 1};
    char long_word[2 * RESULTS_WORD - 1];
    struct marks marks;
    double mean;

    for (size_t i = 0; i < sizeof long_word; i++) long_word[i] = i % 2 ? '\xc3' : '\xa4';
    long_word[0] = 'x';
    if (!take_scores(&marks, "answer_accuracy", scores, 4)) return;
    CHECK_INT(marks.count, 4);
    CHECK_INT(marks_mean(&marks, "answer_accuracy", &mean), 3);
    CHECK_NEAR(mean, 2.0 / 3, 1e-15);
    CHECK_INT(marks_mean(&marks, "kl", &mean), 0);
    CHECK(isnan(mean) && !marks_values(&marks, "kl"));
    marks_add(&marks, 1, "kl", 0.5);
    marks_add(&marks, 1, "kl", 0.25);
    CHECK(isnan(marks_values(&marks, "kl")[0]) && marks_values(&marks, "kl")[1] == 0.25);
    marks_group_add(&marks, 0, "category", TEXT("none"));
    CHECK_TEXT(marks.groups[0].words[0], "none");
    CHECK_TEXT(marks.groups[0].words[1], "odd");
    CHECK(goal_is_less(TEXT("loss")) && goal_is_less(TEXT("kl")) && !goal_is_less(TEXT("margin")));
    marks_group_add(&marks, 2, "source", (struct text){long_word, sizeof long_word});
    CHECK_INT(strlen(marks.groups[1].words[2]), RESULTS_WORD - 1);
    marks_release(&marks);
}

static bool pair_texts(struct pairing *pairing, const char *now, const char *baseline)
{
    struct marks ours, theirs;

    if (!take(&ours, now) || !take(&theirs, baseline)) return false;
    pairing_make(pairing, &ours, &theirs);
    marks_release(&ours);
    marks_release(&theirs);
    return true;
}

#define A "{\"id\":\"a\",\"prompt\":\"1\"}\n"
#define B "{\"id\":\"b\",\"prompt\":\"2\"}\n"
#define C "{\"id\":\"c\",\"prompt\":\"3\"}\n"
#define A_OTHER "{\"id\":\"a\",\"prompt\":\"other\"}\n"
#define NO_ID(prompt) "{\"prompt\":\"" prompt "\"}\n"

TEST(records_meet_by_id_then_by_prompt)
{
    struct pairing pairing;

    if (!pair_texts(&pairing, A B C END, C A END)) return;
    CHECK_INT(pairing.count, 2);
    CHECK(pairing.partners[0] == 1 && pairing.partners[1] == SIZE_MAX && pairing.partners[2] == 0);
    CHECK(pairing.only_now == 1 && pairing.only_baseline == 0);
    pairing_release(&pairing);

    if (!pair_texts(&pairing, A B END, A_OTHER B END)) return;
    CHECK(pairing.count == 1 && pairing.partners[0] == SIZE_MAX && pairing.partners[1] == 1);
    CHECK(pairing.only_now == 1 && pairing.only_baseline == 1);
    pairing_release(&pairing);

    if (!pair_texts(&pairing, A B END, NO_ID("2") NO_ID("1") END)) return;
    CHECK(pairing.count == 2 && pairing.partners[0] == 1 && pairing.partners[1] == 0);
    pairing_release(&pairing);
}

TEST(the_same_prompt_several_times)
{
    struct pairing pairing;

    if (!pair_texts(&pairing, NO_ID("x") NO_ID("y") NO_ID("x") NO_ID("x") END,
                    NO_ID("x") NO_ID("x") END))
        return;
    CHECK(pairing.count == 2 && pairing.partners[0] == 0 && pairing.partners[2] == 1);
    CHECK(pairing.partners[1] == SIZE_MAX && pairing.partners[3] == SIZE_MAX);
    pairing_release(&pairing);
    if (!pair_texts(&pairing, END, A END)) return;
    CHECK(pairing.count == 0 && pairing.only_now == 0 && pairing.only_baseline == 1);
    pairing_release(&pairing);
}

/* 71 questions, 10 better and 4 worse, as in the recipe: p 0.18, and too small a set to show it. */
TEST(the_recipes_gain)
{
    double before[71], after[71];
    struct marks now, baseline;
    struct comparison comparison;
    struct buffer json = {0};
    const struct comparison_row *row;

    for (int i = 0; i < 71; i++) {
        before[i] = i < 10 ? 0 : i < 50 ? 1 : 0;
        after[i] = i < 10 ? 1 : i < 14 ? 0 : before[i];
    }
    if (!take_scores(&now, "answer_accuracy", after, 71)) return;
    if (!take_scores(&baseline, "answer_accuracy", before, 71)) return;
    marks_add(&now, 0, "kl", 1);
    if (CHECK(comparison_make(&comparison, &now, &baseline, "base.jsonl", 1, &err))) {
        CHECK_INT(comparison.count, 1);
        row = comparison_named(&comparison, "answer_accuracy");
        CHECK(!comparison_named(&comparison, "kl"));
        CHECK_TEXT(row->test, "mcnemar");
        CHECK(row->better == 10 && row->worse == 4 && row->paired.n == 71);
        CHECK_NEAR(row->p, 0.179565429687500, 1e-12);
        CHECK(row->p_holm == row->p && row->p == row->paired.p_mcnemar);
        CHECK(row->detectable > row->paired.difference && row->detectable < 0.25);
        CHECK(row->paired.low < 0 && row->paired.high > row->paired.difference);
        comparison_json(&comparison, &json);
        buffer_byte(&json, '\0');
        CHECK(strstr(json.at, "{\"baseline\":\"base.jsonl\",\"records\":71,\"only_now\":0,"
                              "\"only_baseline\":0,\"metrics\":{\"answer_accuracy\":{\"n\":71,"
                              "\"baseline\":0.56") == json.at);
        CHECK(strstr(json.at, ",\"p\":0.1795654296875,\"test\":\"mcnemar\",\"p_holm\":") != NULL);
        CHECK(strstr(json.at, ",\"better\":10,\"worse\":4,\"cohens_d\":0.1") != NULL);
        comparison_release(&comparison);
    }
    marks_release(&now);
    marks_release(&baseline);
    buffer_release(&json);
}

TEST(less_of_a_loss_is_better)
{
    const double before[] = {0.5, 0.75, 1, 2}, after[] = {0.25, 0.5, 1.5, 1};
    struct marks now, baseline;
    struct comparison comparison;

    if (!take_scores(&now, "loss", after, 4) || !take_scores(&baseline, "loss", before, 4)) return;
    for (size_t i = 0; i < 4; i++) {
        marks_add(&now, i, "refusal", i == 0);
        marks_add(&baseline, i, "refusal", 1);
    }
    if (CHECK(comparison_make(&comparison, &now, &baseline, "b", 1, &err))) {
        CHECK_INT(comparison.count, 2);
        CHECK(comparison.rows[0].better == 3 && comparison.rows[0].worse == 1);
        CHECK_TEXT(comparison.rows[0].test, "t");
        CHECK(comparison.rows[0].p == comparison.rows[0].paired.p_t);
        CHECK(comparison.rows[0].detectable > 0.5);
        CHECK(comparison.rows[1].better == 3 && comparison.rows[1].worse == 0);
        CHECK_TEXT(comparison.rows[1].test, "mcnemar");
        CHECK(comparison.rows[1].p_holm == fmin(1, 2 * comparison.rows[1].p));
        comparison_release(&comparison);
    }
    marks_release(&now);
    marks_release(&baseline);
}

/* Numbers that are not known are null, and names are quoted. */
TEST(json_of_one_record)
{
    const double one = 1, zero = 0.5;
    struct marks now, baseline;
    struct comparison comparison;
    struct buffer json = {0};
    struct scan scan = {0};

    if (!take_scores(&now, "a", &one, 1) || !take_scores(&baseline, "a", &zero, 1)) return;
    if (CHECK(comparison_make(&comparison, &now, &baseline, "b\"", 1, &err))) {
        comparison_json(&comparison, &json);
        CHECK(scan_json(&scan, json.at, json.len));
        buffer_byte(&json, '\0');
        CHECK_TEXT(json.at,
                   "{\"baseline\":\"b\\\"\",\"records\":1,\"only_now\":0,\"only_baseline\":0,"
                   "\"metrics\":{\"a\":{\"n\":1,\"baseline\":0.5,\"now\":1,\"difference\":0.5,"
                   "\"low\":0.5,\"high\":0.5,\"p\":null,\"test\":\"t\",\"p_holm\":null,"
                   "\"p_t\":null,\"p_welch\":null,\"p_wilcoxon\":1,\"p_mcnemar\":null,"
                   "\"better\":1,\"worse\":0,\"cohens_d\":null,\"detectable\":null}}}");
        comparison_release(&comparison);
    }
    scan_release(&scan);
    marks_release(&now);
    marks_release(&baseline);
    buffer_release(&json);
}

static const char *refused(const char *now, const char *baseline)
{
    struct marks ours, theirs;
    struct comparison comparison;

    if (!take(&ours, now) || !take(&theirs, baseline)) return "";
    if (CHECK(!comparison_make(&comparison, &ours, &theirs, "base.jsonl", 1, &err)))
        CHECK(!comparison.rows && !comparison.pairing.partners && !comparison.baseline);
    marks_release(&ours);
    marks_release(&theirs);
    return err.text;
}

TEST(what_cannot_be_compared)
{
    CHECK_TEXT(refused(A B END, C END), "base.jsonl: results of another test set: none of its 1 "
                                        "prompts is among these 2");
    CHECK_TEXT(refused(A END, A_OTHER END), "base.jsonl: results of another test set: none of its "
                                            "1 prompts is among these 1");
    CHECK_TEXT(refused(END, END), "base.jsonl: results of another test set: none of its 0 prompts "
                                  "is among these 0");
    CHECK_TEXT(refused(A END, A END), "base.jsonl: no metric was measured both there and here");
    CHECK_TEXT(refused("{\"prompt\":\"1\",\"scores\":{\"kl\":1}}\n" END,
                       "{\"prompt\":\"1\",\"scores\":{\"margin\":1}}\n" END),
               "base.jsonl: no metric was measured both there and here");
}

/* Before the work: what of a baseline will meet the records that are to be tested? */
TEST(what_a_baseline_can_say)
{
    const double scores[] = {1, NAN, 0, 1};
    struct marks now, baseline;

    if (!take(&now, "{\"id\":1,\"prompt\":\"p1\"}\n{\"id\":2,\"prompt\":\"p2\"}\n" A END)) return;
    if (!take_scores(&baseline, "a", scores, 4)) return;
    CHECK_INT(comparison_reach(&now, &baseline, NULL), 2);
    CHECK_INT(comparison_reach(&now, &baseline, "a"), 1);
    CHECK_INT(comparison_reach(&now, &baseline, "b"), 0);
    CHECK_INT(comparison_reach(&baseline, &now, NULL), 2);
    CHECK_INT(comparison_reach(&baseline, &now, "a"), 0);
    marks_release(&now);
    marks_release(&baseline);
}

TEST(metrics_by_group)
{
    const double scores[] = {1, 0.5, 0, NAN, 1};
    struct marks marks;
    struct groups groups;
    struct buffer json = {0};

    if (!take_scores(&marks, "a", scores, 5)) return;
    marks_group_add(&marks, 3, "source", TEXT("z\""));
    marks_group_add(&marks, 0, "source", TEXT("b"));
    groups_make(&groups, &marks);
    CHECK_INT(groups.count, 4);
    CHECK_TEXT(groups.items[1].name, "odd");
    CHECK_INT(groups.items[1].records, 2);
    CHECK(isnan(groups.items[3].means[0]));
    groups_json(&groups, &marks, &json);
    buffer_byte(&json, '\0');
    CHECK_TEXT(json.at, "{\"category\":{\"even\":{\"records\":3,\"a\":0.6666666666666666},"
                        "\"odd\":{\"records\":2,\"a\":0.5}},"
                        "\"source\":{\"b\":{\"records\":1,\"a\":1},\"z\\\"\":{\"records\":1}}}");
    groups_release(&groups);
    marks_release(&marks);
    buffer_release(&json);
}

TEST(no_groups_and_too_many)
{
    struct marks marks;
    struct groups groups;
    struct buffer json = {0};

    marks_init(&marks, GROUPS_MOST + 1);
    groups_make(&groups, &marks);
    groups_json(&groups, &marks, &json);
    buffer_byte(&json, '\0');
    CHECK_TEXT(json.at, "{}");
    groups_release(&groups);
    for (size_t i = 0; i <= GROUPS_MOST; i++) {
        char name[16];

        snprintf(name, sizeof name, "%zu", i);
        if (i < GROUPS_MOST) marks_group_add(&marks, i, "many", text_of(name));
        marks_group_add(&marks, i, "more", text_of(name));
        marks_group_add(&marks, i, "one", TEXT("all"));
    }
    groups_make(&groups, &marks);
    CHECK_INT(groups.count, GROUPS_MOST + 1);
    CHECK_TEXT(groups.items[0].by, "many");
    CHECK_TEXT(groups.items[GROUPS_MOST].by, "one");
    CHECK_INT(groups.items[GROUPS_MOST].records, GROUPS_MOST + 1);
    groups_release(&groups);
    marks_release(&marks);
    buffer_release(&json);
}

TEST(the_worst_come_first)
{
    const double after[] = {0.5, 1, 0, 1, 0.25, 0.5, NAN, 1};
    const double before[] = {0.5, 1, 0, 1, 0.5, 1, 1, 1};
    const size_t want[] = {4, 5, 2, 0};
    struct marks now, baseline;
    struct pairing pairing;
    struct worst worst;

    if (!take_scores(&now, "a", after, 8) || !take_scores(&baseline, "a", before, 8)) return;
    pairing_make(&pairing, &now, &baseline);
    worst_find(&worst, 10, &now, "a", &baseline, &pairing);
    CHECK_INT(worst.count, 4);
    for (size_t i = 0; i < worst.count; i++) {
        CHECK_INT(worst.records[i], want[i]);
        CHECK(worst.fell[i] == (i < 2));
    }
    worst_find(&worst, 10, &now, "a", NULL, NULL);
    CHECK(worst.count == 4 && worst.records[0] == 2 && worst.records[1] == 4);
    CHECK(worst.records[2] == 0 && worst.records[3] == 5 && !worst.fell[1]);
    worst_find(&worst, 10, &now, "none", &baseline, &pairing);
    CHECK_INT(worst.count, 0);
    pairing_release(&pairing);
    marks_release(&now);
    marks_release(&baseline);
}

TEST(ten_at_most_and_the_largest_loss_first)
{
    double losses[30];
    struct marks marks;
    struct worst worst;

    for (int i = 0; i < 30; i++) losses[i] = i % 15;
    if (!take_scores(&marks, "loss", losses, 30)) return;
    worst_find(&worst, 10, &marks, "loss", NULL, NULL);
    CHECK_INT(worst.count, 10);
    CHECK(worst.records[0] == 14 && worst.records[1] == 29 && worst.records[2] == 13);
    marks_release(&marks);
}

int main(void)
{
    RUN(marks_from_results);
    RUN(records_meet_by_id_then_by_prompt);
    RUN(the_same_prompt_several_times);
    RUN(the_recipes_gain);
    RUN(less_of_a_loss_is_better);
    RUN(json_of_one_record);
    RUN(what_cannot_be_compared);
    RUN(what_a_baseline_can_say);
    RUN(metrics_by_group);
    RUN(no_groups_and_too_many);
    RUN(the_worst_come_first);
    RUN(ten_at_most_and_the_largest_loss_first);
    return check_end();
}

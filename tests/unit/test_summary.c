/* What a set is made of: labels, lengths in bins, and what "the longer one" would score. */
#include "filter/summary.h"

#include "check.h"

#include <math.h>

static struct summary summary;

static void add(const char *source, const char *topic, size_t chosen, size_t rejected)
{
    struct summary_item item = {text_of(source), text_of(topic), {10, chosen, rejected}};

    summary_add(&summary, &item);
}

TEST(nothing)
{
    CHECK(summary_longer_is_right(&summary) == 0);
    summary_sort(&summary);
    CHECK(!summary.sources[0].name);
}

TEST(longer_answers)
{
    add("a", "", 5, 4);
    add("a", "", 4, 4);
    add("a", "", 3, 4);
    add("a", "", 9, 4);
    CHECK_NEAR(summary_longer_is_right(&summary), 2.5 / 4, 1e-12);
    CHECK_INT(summary.no_topic, 4);
    summary_release(&summary);
    CHECK_INT(summary.count, 0);
}

TEST(labels)
{
    add("debate:1", "x", 1, 2);
    add("debate:22", "y", 1, 2);
    add("seed.json", "y", 1, 2);
    add("debates", "b", 1, 2);
    add("", "a", 1, 2);
    summary_sort(&summary);
    CHECK_TEXT(summary.sources[0].name, "debate");
    CHECK_INT(summary.sources[0].count, 2);
    CHECK_TEXT(summary.sources[1].name, "debates");
    CHECK_TEXT(summary.sources[2].name, "seed.json");
    CHECK(!summary.sources[3].name);
    CHECK_TEXT(summary.topics[0].name, "y");
    CHECK_TEXT(summary.topics[1].name, "a"); /* of equals by name */
    CHECK_TEXT(summary.topics[3].name, "x");
    summary_release(&summary);
}

TEST(labels_of_any_bytes)
{
    struct summary_item items[] = {{TEXT("x\0b"), TEXT("\0"), {0}},
                                   {TEXT("x\0a"), TEXT("\0"), {0}},
                                   {TEXT("x"), TEXT("\0\0"), {0}}};

    for (size_t i = 0; i < 3; i++) summary_add(&summary, &items[i]);
    summary_sort(&summary);
    CHECK(summary.sources[0].len == 1 && summary.sources[0].count == 1);
    CHECK(summary.sources[1].len == 3 && memcmp(summary.sources[1].name, "x\0a", 3) == 0);
    CHECK(summary.sources[2].len == 3 && memcmp(summary.sources[2].name, "x\0b", 3) == 0);
    CHECK(summary.topics[0].len == 1 && summary.topics[0].count == 2);
    CHECK(summary.topics[1].len == 2 && summary.topics[1].count == 1);
    summary_release(&summary);
}

TEST(more_labels_than_rows)
{
    char name[16];

    for (int i = 0; i < SUMMARY_LABELS + 44; i++) {
        snprintf(name, sizeof name, "t%d", i);
        add(name, name, 1, 1);
    }
    add("t3", "t299", 1, 1);
    CHECK_INT(summary.other_sources, 44);
    CHECK_INT(summary.other_topics, 45);
    CHECK(!summary.sources[SUMMARY_LABELS].name);
    summary_sort(&summary);
    CHECK_TEXT(summary.sources[0].name, "t3");
    summary_release(&summary);
}

TEST(quantiles)
{
    for (size_t i = 1; i <= 10000; i++) add("s", "", i, i % 20);
    for (int percent = 1; percent <= 100; percent++) {
        double got = (double)summary_quantile(&summary, 1, percent / 100.0);

        CHECK_NEAR(got, percent * 100, percent * 100 * 0.06 + 1);
    }
    CHECK_INT(summary_quantile(&summary, 2, 0.5), 9); /* short ones are exact */
    CHECK_INT(summary_quantile(&summary, 2, 1), 19);
    CHECK_INT(summary_quantile(&summary, 0, 0.01), 10);
    CHECK_INT(summary_quantile(&summary, 1, 0), 1); /* the ends are exact */
    CHECK_INT(summary_quantile(&summary, 1, 1), 10000);
    summary_release(&summary);
    add("s", "", 1001, 2001);
    add("s", "", 1003, 2003);
    CHECK(summary.least[1] == 1001 && summary.most[1] == 1003);
    CHECK_INT(summary_quantile(&summary, 2, 0), 2001);
    CHECK_INT(summary_quantile(&summary, 2, 0.1), 2001); /* never below the least */
    CHECK_INT(summary_quantile(&summary, 2, 1), 2003);
    summary_release(&summary);
}

TEST(lengths_of_all_sizes)
{
    add("s", "", 0, (size_t)1 << 60);
    CHECK_INT(summary_quantile(&summary, 1, 0.5), 0);
    CHECK(summary_quantile(&summary, 2, 0.5) > 1000000);
    summary_release(&summary);
}

int main(void)
{
    RUN(nothing);
    RUN(longer_answers);
    RUN(labels);
    RUN(labels_of_any_bytes);
    RUN(more_labels_than_rows);
    RUN(quantiles);
    RUN(lengths_of_all_sizes);
    return check_end();
}

/* The filter as a whole: what goes where, in which order, and what is counted. */
#include "filter/filter.h"

#include "check.h"
#include "unit/files.h"

#include <stdlib.h>
#include <time.h>

#define P(id, more) "{\"id\":" id ",\"prompt\":\"p" id "\"," more "}\n"
#define CR "\"chosen\":\"c\",\"rejected\":\"r\""

static const struct filter defaults = {.rules = RULES_INIT, .min_agreement = RULES_UNSET};

/* The ids of a file's lines, a space behind each; a reject's rule stands in brackets. */
static const char *ids_of(const char *path)
{
    static char ids[20000];
    char *text = files_read(path, NULL), *at = text;
    size_t len = 0;

    ids[0] = '\0';
    for (; at && *at; at += strcspn(at, "\n") + 1) {
        char *reason = strstr(at, "\"_reason\":\"");

        len += (size_t)snprintf(ids + len, sizeof ids - len, "%d", atoi(at + 6));
        if (reason && reason < at + strcspn(at, "\n"))
            len += (size_t)snprintf(ids + len, sizeof ids - len, "(%.*s)",
                                    (int)strcspn(reason + 11, "\""), reason + 11);
        len += (size_t)snprintf(ids + len, sizeof ids - len, " ");
    }
    mem_free(text);
    return ids;
}

/* Runs over the text and returns the ids that came out; the rejects' are in *rejects. */
static const char *run(struct filter *filter, const char *text, size_t threads, char **rejects)
{
    static struct err err;
    struct outfile out, dropped;
    char *paths[] = {(char *)files_text("in", text), NULL};
    bool good;

    CHECK(outfile_open(&out, files_path("out"), &err));
    CHECK(outfile_open(&dropped, files_path("rejects"), &err));
    filter->out = &out;
    filter->rejects = rejects ? &dropped : NULL;
    good = filter_run(filter, paths, threads, false, &err);
    CHECK(outfile_commit(&out, &err) && outfile_commit(&dropped, &err));
    if (rejects) *rejects = mem_copy_text(ids_of(files_path("rejects")));
    return good ? ids_of(files_path("out")) : strrchr(err.text, '/');
}

static const char scored[] =
    P("1", CR ",\"chosen_score\":9,\"rejected_score\":8,\"consensusStrength\":0.9")
        P("2", CR ",\"chosen_score\":9,\"rejected_score\":1,\"consensusStrength\":0.7")
            P("3", "\"chosen\":\"longer\",\"rejected\":\"r\"")
                P("4", "\"chosen\":\"same\",\"rejected\":\"same\"")
                    P("5", CR ",\"chosen_score\":5,\"rejected_score\":4,\"consensusStrength\":1");

TEST(streaming)
{
    struct filter filter = defaults;
    char *rejects;

    filter.rules.min_consensus = 0.7;
    CHECK_TEXT(run(&filter, scored, 2, &rejects), "1 3 5 ");
    CHECK_TEXT(rejects, "2(min-consensus) 4(identical) ");
    CHECK(filter.read == 5 && filter.kept == 3 && filter.rated == 3 && filter.scored == 3);
    CHECK(filter.least_rating == 0.7 && filter.most_rating == 1);
    CHECK(filter.least_gap == 1 && filter.most_gap == 8);
    mem_free(rejects);
    filter_release(&filter);
}

TEST(inverted)
{
    struct filter filter = defaults;
    char *rejects;

    filter.rules.min_consensus = 0.7;
    filter.invert = true;
    CHECK_TEXT(run(&filter, scored, 2, &rejects), "2 4 ");
    CHECK_TEXT(rejects, "1(invert) 3(invert) 5(invert) ");
    mem_free(rejects);
    filter_release(&filter);
}

/* An older reason goes, however its key is spelled. */
TEST(rejected_again)
{
    struct filter filter = defaults;
    char *rejects, *text;

    run(&filter,
        P("1", "\"_reason\":\"old\",\"chosen\":\"a\",\"rejected\":\"a\"")
            P("2", "\"chosen\":\"a\",\"rejected\":\"a\",\"\\u005freason\":\"old\""),
        2, &rejects);
    CHECK_TEXT(rejects, "1(identical) 2(identical) ");
    text = files_read(files_path("rejects"), NULL);
    CHECK(!strstr(text, "old") && !strstr(text, "u005f"));
    mem_free(text);
    mem_free(rejects);
    filter_release(&filter);
}

TEST(wide_rejects)
{
    struct filter filter = defaults;
    struct buffer text = {0};
    clock_t begin;
    char *rejects;

    buffer_text(&text, "{\"id\":1,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"a\"");
    for (int i = 0; i < 200000; i++) buffer_format(&text, ",\"%06d\":0", i);
    buffer_text(&text, ",\"_reason\":\"old\"}");
    buffer_byte(&text, '\0');
    begin = clock();
    run(&filter, text.at, 1, &rejects);
    CHECK((double)(clock() - begin) / CLOCKS_PER_SEC < 5);
    CHECK_TEXT(rejects, "1(identical) ");
    buffer_release(&text);
    mem_free(rejects);
    filter_release(&filter);
}

static const char *sorted(enum filter_sort sort)
{
    struct filter filter = defaults;
    const char *ids;

    filter.sort = sort;
    ids = run(&filter, scored, 2, NULL);
    filter_release(&filter);
    return ids;
}

TEST(orders)
{
    CHECK_TEXT(sorted(SORT_NONE), "1 2 3 5 ");
    CHECK_TEXT(sorted(SORT_GAP), "2 1 5 3 ");
    CHECK_TEXT(sorted(SORT_CONSENSUS), "5 1 2 3 ");
    CHECK_TEXT(sorted(SORT_LENGTH), "1 2 5 3 ");
}

static const char judged[] =
    "{\"id\":1,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"
    "{\"id\":2,\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"\\u0061\"}\n"
    "{\"id\":3,\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"
    "{\"id\":4,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"c\"}\n";

TEST(conflicts)
{
    struct filter filter = defaults;
    char *rejects;

    filter.no_conflicts = true;
    CHECK_TEXT(run(&filter, judged, 2, &rejects), "3 4 ");
    CHECK_TEXT(rejects, "1(no-conflicts) 2(no-conflicts) ");
    CHECK_INT(filter.broke[rules_count() + FILTER_CONFLICTS], 2);
    CHECK_TEXT(filter_rule_name(rules_count() + FILTER_CONFLICTS), "no-conflicts");
    CHECK_INT(filter_rules(), rules_count() + 3);
    mem_free(rejects);
    filter_release(&filter);
}

/* Three annotators over eight prompts; the second one says the opposite half of the time. */
TEST(agreement)
{
    struct buffer text = {0};
    struct filter filter = defaults;
    const char *ids;

    for (int i = 0; i < 24; i++) {
        bool first = (i / 3 % 2 == 0) != (i % 3 == 1 && i / 3 % 4 < 2);

        buffer_format(&text,
                      "{\"id\":%d,\"prompt\":\"p%d\",\"chosen\":\"%c\",\"rejected\":\"%c\","
                      "\"annotator_id\":%s}\n",
                      i, i / 3, first ? 'x' : 'y', first ? 'y' : 'x',
                      i % 3 == 0   ? "\"ann\""
                      : i % 3 == 1 ? "\"bob\""
                                   : "3");
    }
    buffer_byte(&text, '\0');
    filter.min_agreement = 0.8;
    ids = run(&filter, text.at, 2, NULL);
    CHECK(strncmp(ids, "0 2 3 5 6 8 9 11 ", 17) == 0);
    CHECK_INT(filter.broke[rules_count() + FILTER_AGREEMENT], 8);
    CHECK_INT(filter.agreement.annotators, 3);
    buffer_release(&text);
    filter_release(&filter);
}

TEST(samples)
{
    struct buffer text = {0};
    char first[400] = "";

    for (int i = 0; i < 200; i++) buffer_format(&text, P("%d", CR), i, i);
    buffer_byte(&text, '\0');
    for (size_t threads = 1; threads <= 4; threads++) {
        struct filter filter = defaults;
        const char *ids;

        filter.sample = 50;
        filter.seed = 3;
        ids = run(&filter, text.at, threads, NULL);
        CHECK(filter.kept == 50 && filter.broke[rules_count() + FILTER_SAMPLE] == 150);
        if (threads > 1) CHECK_TEXT(ids, first);
        snprintf(first, sizeof first, "%s", ids);
        filter_release(&filter);
    }
    for (size_t sample = 199; sample < 300; sample += 50) { /* more than there are: all */
        struct filter filter = defaults;

        filter.sample = sample;
        run(&filter, text.at, 2, NULL);
        CHECK_INT(filter.kept, sample < 200 ? sample : 200);
        filter_release(&filter);
    }
    buffer_release(&text);
}

TEST(summaries)
{
    for (int late = 0; late < 2; late++) { /* in the stream, and from the shelf */
        struct filter filter = defaults;

        filter.summarize = true;
        filter.sort = late ? SORT_LENGTH : SORT_NONE;
        run(&filter, scored, 2, NULL);
        CHECK_INT(filter.summary.count, 4); /* of what was kept */
        CHECK_INT(filter.summary.chosen_longer, 1);
        CHECK_INT(filter.summary.same_length, 3);
        CHECK_INT(filter.summary.no_topic, 4);
        CHECK_INT(summary_quantile(&filter.summary, 1, 1), 6);
        filter_release(&filter);
    }
}

TEST(bad_records)
{
    struct filter filter = defaults;

    CHECK_TEXT(run(&filter, "{\"id\":1}\n", 2, NULL), "/in:1: 'prompt' is missing");
    filter_release(&filter);
}

int main(void)
{
    RUN(streaming);
    RUN(inverted);
    RUN(rejected_again);
    RUN(wide_rejects);
    RUN(orders);
    RUN(conflicts);
    RUN(agreement);
    RUN(samples);
    RUN(summaries);
    RUN(bad_records);
    return check_end();
}

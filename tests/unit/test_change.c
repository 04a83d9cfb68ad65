/* Two tests compared, and what is said of them. */
#include "report/change.h"

#include "eval/comparison.h"
#include "report/dossier.h"
#include "statistics/detect.h"

#include "check.h"
#include "unit/files.h"

#include <math.h>
#include <string.h>

static struct err err;

/* Records 0 to count - 1; those below right have the score 1. Every id ends with mark. */
static char *test_of(const char *name, size_t count, size_t right, const char *mark)
{
    struct buffer text = {0};
    char *path;

    for (size_t i = 0; i < count; i++)
        buffer_format(
            &text,
            "{\"id\":\"r%zu%s\",\"prompt\":\"p%zu%s\",\"generated\":\"g\",\"scores\":"
            "{\"length/words\":%zu,\"answer_accuracy\":%d},\"groups\":{\"kind\":\"%s\"}}\n",
            i, mark, i, mark, i % 7, i < right, i % 2 ? "odd" : "even");
    buffer_format(&text,
                  "{\"metrics\":{\"answer_accuracy\":%g,\"perplexity\":%zu,\"records\":%zu}}\n",
                  (double)right / (double)count, 20 - right / 10, count);
    path = mem_copy_text(files_write(name, text.at, text.len));
    buffer_release(&text);
    return path;
}

static const char *verdict(const char *before, const char *after, enum dossier_tone want)
{
    static char words[1000];
    struct dossier dossier = {0};
    struct buffer out = {0};

    CHECK(!before || dossier_add(&dossier, before, &err));
    CHECK(dossier_add(&dossier, after, &err));
    CHECK(dossier_compare(&dossier, &err));
    CHECK_INT(dossier_verdict(&dossier, &out), want);
    snprintf(words, sizeof words, "%.*s", (int)out.len, out.at);
    buffer_release(&out);
    dossier_close(&dossier);
    return words;
}

TEST(rows)
{
    char *a = test_of("a", 100, 50, ""), *b = test_of("b", 100, 70, "");
    struct results before, after;
    struct change change;

    CHECK(results_open(&before, a, &err) && results_open(&after, b, &err));
    CHECK(change_find(&change, &before, &after, &err));
    CHECK_INT(change.count, 4);
    CHECK_TEXT(change.rows[0].name, "answer_accuracy");
    CHECK_INT(change.rows[0].n, 100);
    CHECK_NEAR(change.rows[0].difference, 0.2, 1e-12);
    CHECK(change.rows[0].low > 0.1 && change.rows[0].high < 0.3);
    CHECK_INT(change.rows[0].higher, 20);
    CHECK_INT(change_sign(&change.rows[0]), CHANGE_BETTER);
    CHECK_TEXT(change.rows[1].name, "perplexity");
    CHECK_INT(change.rows[1].n, 0);
    CHECK_NEAR(change.rows[1].difference, -2, 1e-12);
    CHECK_INT(change_sign(&change.rows[1]), CHANGE_OPEN);
    CHECK(change_primary(&change) == &change.rows[0]);
    CHECK_INT(change.group_count, 2);
    CHECK_TEXT(change.groups[1].word, "odd");
    CHECK_NEAR(change.groups[1].before, 0.5, 1e-12);
    CHECK_NEAR(change.groups[1].after, 0.7, 1e-12);
    change_release(&change);
    change_of_one(&change, &after);
    CHECK(change.before == NULL && change.count == 3);
    change_release(&change);
    results_close(&before);
    results_close(&after);
    mem_free(a);
    mem_free(b);
}

/* 400 records; the answers of a third are right, and one in turn is another one. */
static char *refusing(const char *name, unsigned refusals, unsigned turn)
{
    struct buffer text = {0};
    char *path;

    for (unsigned i = 0; i < 400; i++)
        buffer_format(&text,
                      "{\"prompt\":\"%u\",\"scores\":{\"refusal\":%d,\"margin\":%u,"
                      "\"answer_accuracy\":%d}}\n",
                      i, i < refusals, i * turn % 7, (i % 3 == 0) != (i % turn == 0));
    buffer_text(&text, "{\"metrics\":{}}\n");
    path = mem_copy_text(files_write(name, text.at, text.len));
    buffer_release(&text);
    return path;
}

/* dpo-eval and dpo-report say the same of the same two files. */
TEST(what_a_test_can_show)
{
    char *paths[] = {refusing("r1", 100, 500), refusing("r2", 140, 9)};
    struct results results[2];
    struct marks marks[2];
    struct comparison comparison;
    struct change change;

    for (size_t i = 0; i < 2; i++) {
        CHECK(results_open(&results[i], paths[i], &err));
        marks_take(&marks[i], &results[i]);
    }
    CHECK(change_find(&change, &results[0], &results[1], &err));
    CHECK(comparison_make(&comparison, &marks[1], &marks[0], "r1", 42, &err));
    CHECK_INT(change.count, 3);
    for (size_t i = 0; i < change.count; i++) {
        const struct change_row *row = &change.rows[i];
        const struct comparison_row *other = comparison_named(&comparison, row->name);

        CHECK(other != NULL);
        if (!other) continue;
        CHECK(isfinite(row->detectable));
        CHECK_NEAR(row->detectable, other->detectable, 0);
        CHECK_NEAR(row->detectable,
                   detect_paired(&other->paired, strcmp(row->name, "refusal") == 0), 0);
    }
    comparison_release(&comparison);
    change_release(&change);
    for (size_t i = 0; i < 2; i++) {
        marks_release(&marks[i]);
        results_close(&results[i]);
        mem_free(paths[i]);
    }
}

TEST(another_test_set)
{
    char *a = test_of("a", 10, 5, ""), *b = test_of("b", 10, 5, "x");
    struct results before, after;
    struct change change;

    CHECK(results_open(&before, a, &err) && results_open(&after, b, &err));
    CHECK(!change_find(&change, &before, &after, &err));
    CHECK(strstr(err.text, ": the results of another test set") != NULL);
    results_close(&before);
    results_close(&after);
    mem_free(a);
    mem_free(b);
}

TEST(verdicts)
{
    char *a = test_of("a", 100, 50, ""), *b = test_of("b", 100, 70, ""),
         *c = test_of("c", 100, 52, "");

    CHECK(strstr(verdict(a, b, TONE_GOOD), "Yes: answer accuracy rose from 50.0") != NULL);
    CHECK(strstr(verdict(b, a, TONE_BAD), "No: answer accuracy fell from 70.0") != NULL);
    CHECK(strstr(verdict(a, c, TONE_EVEN), "Not shown: answer accuracy rose") != NULL);
    CHECK(strstr(verdict(a, c, TONE_EVEN), "100 records can show a change of ") != NULL);
    CHECK(strstr(verdict(NULL, a, TONE_EVEN), "Answer accuracy is 50.0") != NULL);
    mem_free(a);
    mem_free(b);
    mem_free(c);
}

TEST(a_comparison_in_the_file)
{
    const char *path = files_text(
        "d", "{\"prompt\":\"p\"}\n{\"metrics\":{\"loss\":0.5},\"comparison\":{\"baseline\":\"b\","
             "\"metrics\":{\"answer_accuracy\":{\"n\":71,\"baseline\":0.5,\"now\":0.4,"
             "\"difference\":-0.1,"
             "\"low\":-0.2,\"high\":-0.01,\"p\":0.01,\"p_holm\":0.02},\"kl\":7}}}\n");

    CHECK(strstr(verdict(NULL, path, TONE_BAD), "No: answer accuracy fell from 50.0\xc2\xa0% to "
                                                "40.0\xc2\xa0% (-10.0 points, 95\xc2\xa0% "
                                                "interval -20.0 to -1.0, 71 records).") != NULL);
}

TEST(differences)
{
    const struct metric share = metric_of(TEXT("answer_accuracy")), other = metric_of(TEXT("?"));
    struct buffer out = {0};

    change_words(&out, &share, 0.14);
    buffer_byte(&out, ' ');
    change_words(&out, &other, -0.05);
    buffer_byte(&out, ' ');
    change_words(&out, &other, NAN);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "+14.0 -0.05 -");
    CHECK(other.words == NULL && other.better == METRIC_NEITHER);
    buffer_release(&out);
}

int main(void)
{
    RUN(rows);
    RUN(what_a_test_can_show);
    RUN(another_test_set);
    RUN(verdicts);
    RUN(a_comparison_in_the_file);
    RUN(differences);
    return check_end();
}

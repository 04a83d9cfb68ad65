/* Files of results, read back. */
#include "results/results.h"

#include "check.h"
#include "core/memory.h"
#include "files.h"
#include "records/value.h"

static struct results results;
static struct err err;

#define END "{\"metrics\":{}}\n"

static bool open_text(const char *text)
{
    return results_open(&results, files_text("x.jsonl", text), &err);
}

/* What is wrong with such a file, without the folder it lies in. */
static const char *wrong(const char *text)
{
    err.text[0] = '\0';
    if (open_text(text)) {
        results_close(&results);
        return "nothing";
    }
    return strstr(err.text, "x.jsonl") ? strstr(err.text, "x.jsonl") : err.text;
}

static bool says(size_t item, enum results_member member, const char *want)
{
    struct buffer scratch = {0};
    const struct text text = results_text(&results, item, member, &scratch);
    const bool good = text.len == strlen(want) && memcmp(text.at, want, text.len) == 0;

    if (!good) printf("# got '%.*s', want '%s'\n", (int)text.len, text.at, want);
    buffer_release(&scratch);
    return good;
}

TEST(what_dpo_eval_writes)
{
    const double *scores;

    if (!CHECK(open_text(
            "{\"id\":\"cma_017\",\"prompt\":\"2+2?\",\"generated\":\"\\u00c4 \\\"4\\\"\","
            "\"chosen\":\"4\",\"rejected\":\"5\",\"answer\":4,"
            "\"scores\":{\"answer_accuracy\":1,\"margin\":-0.25},"
            "\"groups\":{\"category\":\"sums\",\"source\":\"a\\/b\"},"
            "\"reference\":\"five\",\"samples\":[\"4\",\"four\"],\"correct\":false}\n"
            "\n"
            "{\"id\":18,\"prompt\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
            "{\"role\":\"user\",\"content\":\"Hi\"}],"
            "\"chosen\":[{\"role\":\"assistant\",\"content\":\"Hey\"}],\"generated\":null,"
            "\"scores\":{\"margin\":2,\"kl\":null},\"groups\":{\"level\":3}}\r\n"
            "{\"prompt\":\"\",\"dropped\":true}\n"
            "{\"metrics\":{\"answer_accuracy\":1,\"perplexity\":null,\"records\":3},"
            "\"by\":{\"category\":{}},\"made_by\":{\"tool\":\"dpo-eval\"}}\n"))) {
        printf("# %s\n", err.text);
        return;
    }
    CHECK_INT(results.count, 3);
    CHECK(text_is(results.items[0].id, "cma_017") && text_is(results.items[1].id, "18"));
    CHECK(results.items[2].id.len == 0 && results.items[2].dropped && !results.items[0].dropped);
    CHECK_INT(results.items[1].line, 3);
    CHECK(says(0, RESULTS_PROMPT, "2+2?") && says(0, RESULTS_GENERATED, "\xc3\x84 \"4\""));
    CHECK(says(0, RESULTS_ANSWER, "4") && says(0, RESULTS_SAMPLES, "[\"4\",\"four\"]"));
    CHECK(says(0, RESULTS_REFERENCE, "five") && says(0, RESULTS_REJECTED, "5"));
    CHECK(says(1, RESULTS_PROMPT, "Be brief.\nHi") && says(1, RESULTS_CHOSEN, "Hey"));
    CHECK(says(1, RESULTS_GENERATED, "") && says(2, RESULTS_PROMPT, ""));
    CHECK_INT(results.items[1].members[RESULTS_GENERATED].kind, KIND_ABSENT);

    CHECK_INT(results.score_count, 2);
    scores = results_scores_named(&results, TEXT("margin"))->values;
    CHECK(scores[0] == -0.25 && scores[1] == 2 && isnan(scores[2]));
    scores = results_scores_named(&results, TEXT("answer_accuracy"))->values;
    CHECK(scores[0] == 1 && isnan(scores[1]) && isnan(scores[2]));
    CHECK(!results_scores_named(&results, TEXT("preference_accuracy")));
    CHECK_INT(results.group_count, 3);
    CHECK(text_is(results_groups_named(&results, TEXT("source"))->values[0], "a/b"));
    CHECK(text_is(results_groups_named(&results, TEXT("level"))->values[1], "3"));
    CHECK(!results_groups_named(&results, TEXT("source"))->values[1].at);
    CHECK(!results_groups_named(&results, TEXT("dialect")));

    CHECK_INT(results.metric_count, 3);
    CHECK(results_metric(&results, TEXT("records")) == 3);
    CHECK(isnan(results_metric(&results, TEXT("perplexity"))));
    CHECK(isnan(results_metric(&results, TEXT("kl"))));
    CHECK_INT(results.by.kind, KIND_OBJECT);
    CHECK_INT(results.comparison.kind, KIND_ABSENT);
    CHECK(value_is(&(struct value){"\"x\"", 3, KIND_STRING, false}, TEXT("x")));
    CHECK(results.made_by.len == strlen("{\"tool\":\"dpo-eval\"}"));
    results_close(&results);
}

TEST(results_of_pairs_alone)
{
    const double *scores;

    if (!CHECK(open_text("{\"id\":\"a\",\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
                         "\"correct\":true,\"logps\":{\"chosen\":-7.25,\"rejected\":-9.5},"
                         "\"ref_logps\":{\"chosen\":-1,\"rejected\":-2},"
                         "\"tokens\":{\"chosen\":4,\"rejected\":3}}\n"
                         "{\"id\":2,\"prompt\":\"q\",\"dropped\":true}\n"
                         "{\"prompt\":\"p\",\"correct\":false}\n" END)))
        return;
    CHECK_INT(results.score_count, 3);
    scores = results_scores_named(&results, TEXT("preference_accuracy"))->values;
    CHECK(scores[0] == 1 && isnan(scores[1]) && scores[2] == 0);
    scores = results_scores_named(&results, TEXT("logps/rejected"))->values;
    CHECK(scores[0] == -9.5 && isnan(scores[1]) && isnan(scores[2]));
    CHECK(results_scores_named(&results, TEXT("logps/chosen"))->values[0] == -7.25);
    CHECK_INT(results.metric_count, 0);
    results_close(&results);
    CHECK_TEXT(wrong(END), "nothing");
}

/* An id is what it means, however it is written; the same in every file. */
TEST(records_are_found_by_their_ids)
{
    size_t item = 9;

    if (!CHECK(open_text("{\"id\":\"b\",\"prompt\":\"1\"}\n{\"id\":\"\\u0061\",\"prompt\":\"2\"}\n"
                         "{\"id\":7,\"prompt\":\"1\"}\n" END)))
        return;
    CHECK(results_find(&results, results_key(TEXT("a")), &item));
    CHECK_INT(item, 1);
    CHECK(results_find(&results, results_key(TEXT("7")), &item));
    CHECK_INT(item, 2);
    CHECK(!results_find(&results, results_key(TEXT("c")), &item));
    CHECK(results.items[0].prompt.low == results.items[2].prompt.low);
    CHECK(results.items[0].prompt.low != results.items[1].prompt.low);
    results_close(&results);
}

TEST(records_without_ids_are_known_by_their_prompts)
{
    const struct value prompt = {"\"p\"", 3, KIND_STRING, false};
    size_t item = 9;

    if (!CHECK(open_text("{\"prompt\":\"q\"}\n{\"prompt\":\"p\"}\n{\"prompt\":\"\\u0070\"}\n"
                         "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}]}\n"
                         "{\"id\":\"p\",\"prompt\":\"p\"}\n" END)))
        return;
    CHECK(results_find(&results, results_prompt_key(&prompt), &item));
    CHECK_INT(item, 1);
    for (size_t i = 0; i < results.count; i++) {
        CHECK(results_find(&results, results.items[i].key, &item));
        CHECK_INT(item, i);
    }
    CHECK(results.items[1].prompt.low == results.items[2].prompt.low);
    CHECK(results.items[1].prompt.low == results.items[4].prompt.low);
    CHECK(results.items[1].prompt.low != results.items[3].prompt.low);
    results_close(&results);
}

/* Test sets are as they are: an id that comes again is one more of that id. */
TEST(ids_may_come_again)
{
    size_t item = 9;

    if (!CHECK(open_text("{\"id\":\"x\",\"prompt\":\"1\"}\n{\"id\":7,\"prompt\":\"2\"}\n"
                         "{\"id\":\"x\",\"prompt\":\"3\"}\n{\"id\":\"7\",\"prompt\":\"2\"}\n"
                         "{\"id\":\"\\u0078\",\"prompt\":\"1\"}\n" END)))
        return;
    CHECK(results_find(&results, results_key(TEXT("x")), &item));
    CHECK_INT(item, 0);
    CHECK(results_find(&results, results_key(TEXT("7")), &item));
    CHECK_INT(item, 1);
    for (size_t i = 0; i < results.count; i++) {
        CHECK(results_find(&results, results.items[i].key, &item));
        CHECK_INT(item, i);
    }
    results_close(&results);
}

TEST(long_words_of_groups_are_cut)
{
    struct buffer text = {0};

    buffer_format(&text,
                  "{\"prompt\":\"p\",\"groups\":{\"a\":\"%0256d\",\"b\":\"%0255d\xc3\xa4\"}}\n" END,
                  0, 0);
    buffer_byte(&text, '\0');
    if (CHECK(open_text(text.at))) {
        CHECK_INT(results_groups_named(&results, TEXT("a"))->values[0].len, 256);
        CHECK_INT(results_groups_named(&results, TEXT("b"))->values[0].len, 255);
        results_close(&results);
    }
    buffer_release(&text);
}

TEST(many_records)
{
    struct buffer text = {0};
    double sum = 0;

    for (int i = 0; i < 1000; i++)
        buffer_format(&text,
                      "{\"id\":%d,\"prompt\":\"p\",\"scores\":{\"%s\":%d},"
                      "\"groups\":{\"g%d\":\"x\"}}\n",
                      i, i < 500 ? "early" : "late", i, i / 200);
    buffer_text(&text, "{\"metrics\":{}}");
    buffer_byte(&text, '\0');
    if (CHECK(open_text(text.at))) {
        CHECK_INT(results.count, 1000);
        for (size_t i = 0; i < 1000; i++) {
            const double late = results_scores_named(&results, TEXT("late"))->values[i];

            sum += i < 500 ? results.scores[0].values[i] : late;
            CHECK(isnan(late) == (i < 500));
        }
        CHECK_INT(sum, 499500);
        CHECK(text_is(results_groups_named(&results, TEXT("g4"))->values[999], "x"));
        CHECK(!results_groups_named(&results, TEXT("g4"))->values[799].at);
        results_close(&results);
    }
    buffer_release(&text);
}

TEST(what_is_no_file_of_results)
{
    CHECK(!results_open(&results, files_path("none.jsonl"), &err));
    CHECK(strstr(err.text, "none.jsonl: No such file or directory"));
    CHECK(!results_open(&results, "/", &err));
    CHECK(strstr(err.text, "is a directory") != NULL);
    CHECK_TEXT(wrong(""), "x.jsonl: empty, and no results");
    CHECK_TEXT(wrong("\n \n"), "x.jsonl: ends without its metrics: dpo-eval was stopped, or this "
                               "is no file of results");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n"), "x.jsonl: ends without its metrics: dpo-eval was "
                                              "stopped, or this is no file of results");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n{\"prompt\":\"q"),
               "x.jsonl:2: the last line was cut: dpo-eval was stopped");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n{\"metrics\":{"),
               "x.jsonl:2: the last line was cut: dpo-eval was stopped");
    CHECK_TEXT(wrong("\x1f\x8b etc"),
               "x.jsonl: gzip data: unpack it first, as in 'zcat FILE | ...'");
    CHECK_TEXT(wrong("id,prompt\n"), "x.jsonl:1: not JSON at column 1: no JSON value");
    CHECK_TEXT(wrong("[1]\n"), "x.jsonl:1: not a line of results: an array");
    CHECK_TEXT(wrong("{\"loss\":0.5}\n"),
               "x.jsonl:1: not a line of results: it has neither 'prompt' nor 'metrics'");
    CHECK_TEXT(wrong("{\"prompt\":\"a\xff\"}\n" END),
               "x.jsonl:1: not JSON at column 13: bytes that are not UTF-8");
    CHECK_TEXT(wrong(END "{\"prompt\":\"p\"}\n"),
               "x.jsonl:2: a line behind the metrics, which should be the last");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n{\"metrics\":{\"records\":1}}\n"), "nothing");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n{\"metrics\":{\"records\":2}}\n"),
               "x.jsonl: has 1 records, and its metrics are of 2");
    CHECK_TEXT(wrong("{\"prompt\":\"p\"}\n{\"metrics\":{\"records\":0}}\n"),
               "x.jsonl: has 1 records, and its metrics are of 0");
    CHECK_TEXT(wrong(END END), "x.jsonl:2: a line behind the metrics, which should be the last");
}

#define RECORD(members) wrong("{\"prompt\":\"p\"," members "}\n" END)

TEST(what_a_record_may_not_hold)
{
    CHECK_TEXT(wrong("{\"prompt\":5}\n" END), "x.jsonl:1: 'prompt' is a number, not a string or "
                                              "messages");
    CHECK_TEXT(RECORD("\"id\":true"), "x.jsonl:1: 'id' is true, not a string or a number");
    CHECK_TEXT(RECORD("\"generated\":[]"), "x.jsonl:1: 'generated' is an array, not a string");
    CHECK_TEXT(RECORD("\"reference\":1"), "x.jsonl:1: 'reference' is a number, not a string");
    CHECK_TEXT(RECORD("\"samples\":\"x\""), "x.jsonl:1: 'samples' is a string, not an array");
    CHECK_TEXT(RECORD("\"chosen\":{}"), "x.jsonl:1: 'chosen' is an object, not a string or "
                                        "messages");
    CHECK_TEXT(RECORD("\"scores\":[]"), "x.jsonl:1: 'scores' is an array, not an object");
    CHECK_TEXT(RECORD("\"scores\":{\"kl\":\"x\"}"), "x.jsonl:1: the score 'kl' is a string");
    CHECK_TEXT(RECORD("\"scores\":{\"kl\":1e999}"), "x.jsonl:1: the score 'kl' is too large");
    CHECK_TEXT(RECORD("\"groups\":{\"a\":[]}"),
               "x.jsonl:1: the group 'a' is an array, not a string");
    CHECK_TEXT(RECORD("\"groups\":1"), "x.jsonl:1: 'groups' is a number, not an object");
    CHECK_TEXT(RECORD("\"logps\":{\"chosen\":true}"),
               "x.jsonl:1: the score 'logps/chosen' is true");
    CHECK_TEXT(wrong("{\"metrics\":1}\n"), "x.jsonl:1: 'metrics' is a number, not an object");
    CHECK_TEXT(wrong("{\"metrics\":{\"a\":\"b\"}}\n"), "x.jsonl:1: the metric 'a' is a string");
    CHECK_TEXT(wrong("{\"metrics\":{\"a\":-1e999}}\n"), "x.jsonl:1: the metric 'a' is too large");
    CHECK_TEXT(wrong("{\"metrics\":{},\"by\":[]}\n"), "x.jsonl:1: 'by' is an array, not an object");
}

static const char *wrong_with_names(const char *member, int count)
{
    struct buffer text = {0};
    const char *words;

    buffer_format(&text, "{\"prompt\":\"p\",\"%s\":{\"0\":1", member);
    for (int i = 1; i < count; i++) buffer_format(&text, ",\"%d\":%d", i, i);
    buffer_text(&text, "}}\n" END);
    buffer_byte(&text, '\0');
    words = wrong(text.at);
    buffer_release(&text);
    return words;
}

TEST(names_have_a_limit)
{
    struct buffer text = {0};

    buffer_format(&text, "{\"prompt\":\"p\",\"scores\":{\"%0257d\":1}}\n" END, 0);
    buffer_byte(&text, '\0');
    CHECK_TEXT(wrong(text.at), "x.jsonl:1: a name in 'scores' is longer than 256 bytes");
    buffer_release(&text);
    CHECK_TEXT(wrong_with_names("scores", RESULTS_SCORES), "nothing");
    CHECK_TEXT(wrong_with_names("scores", RESULTS_SCORES + 1),
               "x.jsonl:1: more than 64 scores have names");
    CHECK_TEXT(wrong_with_names("groups", RESULTS_GROUPS), "nothing");
    CHECK_TEXT(wrong_with_names("groups", RESULTS_GROUPS + 1),
               "x.jsonl:1: more than 8 groups have names");
}

int main(void)
{
    RUN(what_dpo_eval_writes);
    RUN(results_of_pairs_alone);
    RUN(records_are_found_by_their_ids);
    RUN(records_without_ids_are_known_by_their_prompts);
    RUN(ids_may_come_again);
    RUN(long_words_of_groups_are_cut);
    RUN(many_records);
    RUN(what_is_no_file_of_results);
    RUN(what_a_record_may_not_hold);
    RUN(names_have_a_limit);
    return check_end();
}

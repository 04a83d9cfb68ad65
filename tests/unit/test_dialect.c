/* Foreign records in, canonical ones out: one row for each form that dpo-merge promises to read. */
#include "sources/dialect.h"

#include "check.h"
#include "core/memory.h"

#define SAME "(unchanged)"
#define U(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define A(text) "{\"role\":\"assistant\",\"content\":\"" text "\"}"

static struct pair pair, again;
static struct dialect_work work;
static struct buffer out;

/* The canonical line, SAME, or 'error: ...', the check's words included; then the pair that came
 * of it is in again. */
static const char *convert(const struct dialect *dialect, const char *line)
{
    static char words[600];
    enum dialect_result result;
    struct err err;
    bool good;

    out.len = 0;
    good = pair_scan(&pair, text_of(line), &err) &&
           dialect_convert(dialect, &pair, &work, &out, &result, &err);
    if (good && result == DIALECT_ADDS) {
        good = pair_check(&pair, &err);
        buffer_add(&out, line, strlen(line) - 1);
        dialect_write_added(&work, &out);
        buffer_byte(&out, '}');
    }
    buffer_byte(&out, '\0');
    good = good && pair_parse(&again, text_of(result == DIALECT_OURS ? line : out.at), &err);
    snprintf(words, sizeof words, "error: %s", good ? "" : err.text);
    return !good ? words : result == DIALECT_OURS ? SAME : out.at;
}

static void check_rows(const struct dialect *dialect, const char *const rows[][2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = convert(dialect, rows[i][0]);

        check_claim(strcmp(got, rows[i][1]) == 0, __FILE__, __LINE__,
                    "%s\n#   got  %s\n#   want %s", rows[i][0], got, rows[i][1]);
    }
}

#define CHECK_ROWS(dialect, rows) check_rows((dialect), (rows), sizeof(rows) / sizeof *(rows))

static const struct dialect plain;

TEST(canonical_lines_stay)
{
    static const char *const rows[][2] = {
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}", SAME},
        {" { \"chosen\" : \"c\" ,\t\"rejected\":\"r\", \"prompt\":\"p\", \"n\": 1.0e+00 } ", SAME},
        {"{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}", SAME},
        {"{\"prompt\":\"p\",\"question\":\"q\",\"chosen\":\"c\",\"rejected\":\"r\"}", SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"pc\",\"rejected\":\"pr\"}", SAME},
        {"{\"\\u0070rompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}", SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"topic\":\"a\","
         "\"metadata\":{\"topic\":\"b\"}}",
         SAME},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(other_names)
{
    static const char *const rows[][2] = {
        {"{\"question\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"n\":1.0, \"instruction\":\"p\",\"chosen_response\":\"c\",\"rejected_response\":\"r\"}",
         "{\"n\":1.0,\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"query\":\"p\",\"response_chosen\":\"c\",\"response_rejected\":\"r\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"prompt\":\"p\",\"preferred\":\"c\",\"dispreferred\":\"r\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensus_strength\":0.80}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensusStrength\":0.80}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensus\":0.75}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensus\":0.75,"
         "\"consensusStrength\":0.75}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensus\":12}", SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensus\":\"full\"}", SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"chosen-rating\":4.5,"
         "\"rejected-rating\":2}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"chosen_score\":4.5,"
         "\"rejected_score\":2}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"score_chosen\":9,"
         "\"score_rejected\":1,\"annotator\":7,\"correct_answer\":\"B\",\"system_prompt\":\"s\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"chosen_score\":9,"
         "\"rejected_score\":1,\"annotator_id\":7,\"answer\":\"B\",\"system\":\"s\"}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"id\":null,\"topic\":null}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"prompt\":null,\"question\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(labels_in_metadata)
{
    static const char *const rows[][2] = {
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
         "\"metadata\":{\"consensus_strength\":0.8,\"x\":1}}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
         "\"metadata\":{\"consensus_strength\":0.8,\"x\":1},\"consensusStrength\":0.8}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"consensusStrength\":0.5,"
         "\"metadata\":{\"consensusStrength\":0.8}}",
         SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"metadata\":{\"topic\":\"t\","
         "\"annotator\":\"a\"}}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"metadata\":{\"topic\":\"t\","
         "\"annotator\":\"a\"},\"topic\":\"t\",\"annotator_id\":\"a\"}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"metadata\":{\"prompt\":\"q\","
         "\"id\":3,\"topic\":null,\"answer\":[1]}}",
         SAME},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"metadata\":\"none\"}", SAME},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(implicit_prompts_of_texts)
{
    static const char *const rows[][2] = {
        {"{\"chosen\":\"What? Yes\",\"rejected\":\"What? No\"}",
         "{\"prompt\":\"What?\",\"chosen\":\" Yes\",\"rejected\":\" No\"}"},
        {"{\"chosen\":\"ab\",\"rejected\":\"ac\"}",
         "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}"},
        {"{\"chosen\":\"abc\",\"rejected\":\"abcd\"}",
         "{\"prompt\":\"ab\",\"chosen\":\"c\",\"rejected\":\"cd\"}"},
        {"{\"chosen\":\"x\\u00e9\",\"rejected\":\"x\\u00e8\"}",
         "{\"prompt\":\"x\",\"chosen\":\"\xc3\xa9\",\"rejected\":\"\xc3\xa8\"}"},
        {"{\"id\":1,\"prompt\":null,\"chosen\":\"ab\",\"rejected\":\"ac\"}",
         "{\"prompt\":\"a\",\"id\":1,\"chosen\":\"b\",\"rejected\":\"c\"}"},
        {"{\"chosen\":\"a\",\"rejected\":\"b\"}",
         "error: 'prompt' is missing, and 'chosen' and 'rejected' do not begin alike"},
        {"{\"chosen\":\"\",\"rejected\":\"b\"}",
         "error: 'prompt' is missing, and 'chosen' and 'rejected' do not begin alike"},
        {"{\"chosen\":\"\\n\\nHuman: Hi\\n\\nAssistant: Ha\",\"rejected\":\"\\n\\nHuman: "
         "Hi\\n\\nAssistant: He\"}",
         "{\"prompt\":\"\\n\\nHuman: Hi\\n\\nAssistant:\",\"chosen\":\" Ha\",\"rejected\":\" "
         "He\"}"},
        {"{\"chosen\":\"\\n\\nHuman: 1\\n\\nAssistant: 2\\n\\nHuman: 3\\n\\nAssistant: ab\","
         "\"rejected\":\"\\n\\nHuman: 1\\n\\nAssistant: 2\\n\\nHuman: 3\\n\\nAssistant: ac\"}",
         "{\"prompt\":\"\\n\\nHuman: 1\\n\\nAssistant: 2\\n\\nHuman: 3\\n\\nAssistant:\","
         "\"chosen\":\" ab\",\"rejected\":\" ac\"}"},
        {"{\"prompt\":\"\\n\\nHuman: a\\n\\nAssistant:\",\"chosen\":\"\\n\\nHuman: "
         "a\\n\\nAssistant: b\",\"rejected\":\"\\n\\nHuman: a\\n\\nAssistant: c\"}",
         "{\"prompt\":\"\\n\\nHuman: a\\n\\nAssistant:\",\"chosen\":\" b\",\"rejected\":\" c\"}"},
        {"{\"prompt\":\"a\",\"chosen\":\"\\n\\nHuman: a\\n\\nAssistant: b\",\"rejected\":"
         "\"\\n\\nHuman: a\\n\\nAssistant: c\"}",
         "{\"prompt\":\"\\n\\nHuman: a\\n\\nAssistant:\",\"chosen\":\" b\",\"rejected\":\" c\"}"},
        {"{\"prompt\":\"x\",\"chosen\":\"\\n\\nHuman: a\\n\\nAssistant: b\",\"rejected\":"
         "\"\\n\\nHuman: a\\n\\nAssistant: c\"}",
         "error: 'prompt' is not what the dialogue of 'chosen' begins with"},
        {"{\"prompt\":\"x\",\"chosen\":\"\\n\\nHuman: a\\n\\nAssistant: b\",\"rejected\":\"c\"}",
         SAME},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(conversations)
{
    static const char *const rows[][2] = {
        {"{\"chosen\":[" U("p") "," A("c") "],\"rejected\":[" U("p") "," A("r") "]}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"prompt\":\"p\",\"prompt_id\":\"7\",\"chosen\":[" U("p") "," A(
             "c") "],\"rejected\":[" U("p") "," A("r") "],\"score_chosen\":8,\"score_rejected\":3}",
         "{\"prompt\":[" U("p") "],\"prompt_id\":\"7\",\"chosen\":[" A("c") "],\"rejected\":[" A(
             "r") "],\"chosen_score\":8,\"rejected_score\":3}"},
        {"{\"prompt\":[" U("p") "],\"chosen\":[" U("p") "," A("c") "],\"rejected\":[" U("p") "," A(
             "r") "]}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"prompt\":\"p\",\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"prompt\":[" U("p") "],\"chosen\":\"c\",\"rejected\":\"r\"}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"prompt\":" U("p") ",\"chosen\":" A("c") ",\"rejected\":" A("r") "}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"chosen\":[" U("p") "," A("c") "],\"rejected\":[" U("p") "," A("c") "," U("x") "]}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("c") "," U("x") "]}"},
        {"{\"conversations\":[{\"from\":\"human\",\"value\":\"p\"}],\"chosen\":{\"from\":\"gpt\","
         "\"value\":\"c\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"r\"}}",
         "{\"prompt\":[" U("p") "],\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}"},
        {"{\"prompt\":\"q\",\"chosen\":[" U("p") "," A("c") "],\"rejected\":[" U("p") "," A(
             "r") "]}",
         "error: 'prompt' is not what the messages of 'chosen' begin with"},
        {"{\"chosen\":[" A("c") "],\"rejected\":[" A("r") "]}",
         "error: 'prompt' is missing, and 'chosen' and 'rejected' do not begin alike"},
        {"{\"chosen\":[],\"rejected\":[]}",
         "error: 'prompt' is missing, and 'chosen' and 'rejected' do not begin alike"},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(choices_and_alpaca)
{
    static const char *const rows[][2] = {
        {"{\"prompt\":\"p\",\"answer_a\":\"x\",\"answer_b\":\"y\",\"preference\":\"a\"}",
         "{\"prompt\":\"p\",\"chosen\":\"x\",\"rejected\":\"y\"}"},
        {"{\"prompt\":\"p\",\"answer_a\":\"x\",\"answer_b\":\"y\",\"preference\":\"B\"}",
         "{\"prompt\":\"p\",\"rejected\":\"x\",\"chosen\":\"y\"}"},
        {"{\"prompt\":\"p\",\"response_a\":\"x\",\"response_b\":\"y\",\"preference\":1}",
         "{\"prompt\":\"p\",\"rejected\":\"x\",\"chosen\":\"y\"}"},
        {"{\"prompt\":\"p\",\"response_a\":\"x\",\"response_b\":\"y\",\"preference\":\"tie\"}",
         "error: 'preference' is \"tie\", not \"a\", \"b\", 0 or 1"},
        {"{\"prompt\":\"p\",\"response_a\":\"x\",\"preference\":\"tie\"}",
         "error: 'chosen' is missing"},
        {"{\"instruction\":\"Sum.\",\"input\":\"1\\n2\",\"chosen\":\"3\",\"rejected\":\"4\"}",
         "{\"prompt\":\"Sum.\\n\\n1\\n2\",\"chosen\":\"3\",\"rejected\":\"4\"}"},
        {"{\"instruction\":\"Sum.\",\"input\":\"\",\"chosen\":\"3\",\"rejected\":\"4\"}",
         "{\"prompt\":\"Sum.\",\"chosen\":\"3\",\"rejected\":\"4\"}"},
        {"{\"prompt\":\"p\",\"instruction\":\"i\",\"input\":\"x\",\"chosen\":\"3\",\"rejected\":"
         "\"4\"}",
         SAME},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(what_is_no_pair)
{
    static const char *const rows[][2] = {
        {"{}", "error: 'prompt' is missing"},
        {"{\"prompt\":\"p\"}", "error: 'chosen' is missing"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\"}", "error: 'rejected' is missing"},
        {"{\"prompt\":5,\"chosen\":\"ab\",\"rejected\":\"ac\"}",
         "error: 'prompt' is a number, not a string or a list of messages"},
        {"{\"prompt\":true,\"chosen\":[" U("p") "," A("c") "],\"rejected\":[" U("p") "," A(
             "r") "]}",
         "error: 'prompt' is true, not a string or a list of messages"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":[" A("r") "]}",
         "error: 'rejected' is an array, but 'prompt' is a string"},
        {"{\"prompt\":\"p\",\"chosen\":7,\"rejected\":8}",
         "error: 'chosen' is a number, not a string or a list of messages"},
        {"{\"prompt\":\"p\",\"chosen\":{\"text\":\"c\"},\"rejected\":{\"text\":\"r\"}}",
         "error: 'chosen': a message has no role"},
        {"[1]", "error: the line holds an array, not an object"},
        {"{\"prompt\":\"p\"", "error: not JSON at column 14: the text ends too early"},
    };

    CHECK_ROWS(&plain, rows);
}

TEST(maps_of_the_user)
{
    static const char *const rows[][2] = {
        {"{\"ask\":\"p\",\"data\":{\"best\":\"c\",\"worst\":\"r\",\"x\":{\"y\":\"t\"}},\"k\":9}",
         "{\"chosen\":\"c\",\"rejected\":\"r\",\"prompt\":\"p\",\"data\":{\"best\":\"c\",\"worst\":"
         "\"r\",\"x\":{\"y\":\"t\"}},\"k\":9,\"topic\":\"t\"}"},
        {"{\"ask\":\"p\",\"prompt\":\"q\",\"chosen\":\"c\",\"rejected\":\"r\"}",
         "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}", SAME},
    };
    struct dialect dialect = {0};
    struct err err;

    CHECK(dialect_map(&dialect, "prompt=ask", &err));
    CHECK(dialect_map(&dialect, "chosen=data.best", &err));
    CHECK(dialect_map(&dialect, "rejected=data.worst", &err));
    CHECK(dialect_map(&dialect, "topic=data.x.y", &err));
    CHECK_ROWS(&dialect, rows);
}

TEST(bad_maps)
{
    struct dialect dialect = {0};
    struct err err;

    CHECK(!dialect_map(&dialect, "prompt", &err));
    CHECK_TEXT(err.text, "--map takes FIELD=NAME, not 'prompt'");
    CHECK(!dialect_map(&dialect, "prompt=", &err));
    CHECK(!dialect_map(&dialect, "nothing=x", &err));
    CHECK_TEXT(err.text, "--map: no field is called 'nothing'");
    for (int i = 0; i < DIALECT_MAPS; i++) CHECK(dialect_map(&dialect, "id=x", &err));
    CHECK(!dialect_map(&dialect, "id=x", &err));
    CHECK_TEXT(err.text, "more than 32 times --map");
}

int main(void)
{
    RUN(canonical_lines_stay);
    RUN(other_names);
    RUN(labels_in_metadata);
    RUN(implicit_prompts_of_texts);
    RUN(conversations);
    RUN(choices_and_alpaca);
    RUN(what_is_no_pair);
    RUN(maps_of_the_user);
    RUN(bad_maps);
    pair_release(&pair);
    pair_release(&again);
    dialect_work_release(&work);
    buffer_release(&out);
    return check_end();
}

/* Quizzes of every form as question lines; what is wrong with one is said with its place. */
#include "quiz/quiz.h"

#include "check.h"
#include "unit/dataset.h"
#include "unit/files.h"

#include <sys/stat.h>
#include <unistd.h>

static struct buffer out;
static size_t lines;

static bool take(void *context, struct text line, struct err *err)
{
    (void)context, (void)err;
    buffer_add(&out, line.at, line.len);
    buffer_byte(&out, '\n');
    lines++;
    return true;
}

/* All lines of a quiz, or the error without its folder. */
static const char *read_path(const char *path)
{
    static struct err err;
    const char *name;

    out.len = lines = 0;
    if (quiz_read(path, take, NULL, &err)) {
        buffer_byte(&out, '\0');
        return out.at;
    }
    name = strrchr(err.text, '/');
    return name && name < strstr(err.text, ": ") ? name + 1 : err.text;
}

static const char *read_text(const char *text)
{
    return read_path(files_text("q.json", text));
}

TEST(a_quiz)
{
    CHECK_TEXT(
        read_text("{\"level\": \"topic\", \"unit\": \"unit-01\", \"chapter\": \"chapter-02\",\n"
                  " \"topic\": \"topic-03\", \"title\": \"Risk\", \"version\": 2,\n"
                  " \"questions\": [\n"
                  "  {\"type\": \"multiple_choice\", \"question\": \"What first?\",\n"
                  "   \"options\": [\"A) the price\", \"B) the target\"],\n"
                  "   \"correct_option\": \"B\"},\n"
                  "  {\"type\": \"true_false\", \"question\": \"Waiting is free.\",\n"
                  "   \"correct_answer\": false},\n"
                  "  {\"type\": \"open\", \"question\": \"Why \\u0022wait\\u0022?\",\n"
                  "   \"reference_answer\": \"It pays.\", \"key_concepts\": [\n"
                  "    \"patience\",\n    \"a \\\" b\"]}]}"),
        "{\"id\":\"unit-01/chapter-02/topic-03/1\",\"prompt\":\"### Question:\\nWhat first?\\n"
        "A) the price\\nB) the target\\n\\n### Answer:\\n\",\"answer\":\"B\",\"options\":["
        "\"the price\",\"the "
        "target\"],\"type\":\"multiple_choice\",\"unit\":\"unit-01\",\"chapter\""
        ":\"chapter-02\",\"topic\":\"topic-03\",\"title\":\"Risk\",\"level\":\"topic\"}\n"
        "{\"id\":\"unit-01/chapter-02/topic-03/2\",\"prompt\":\"### Question:\\nWaiting is free.\\n"
        "True or false?\\n\\n### Answer:\\n\",\"answer\":\"false\",\"type\":\"true_false\","
        "\"unit\":\"unit-01\",\"chapter\":\"chapter-02\",\"topic\":\"topic-03\",\"title\":\"Risk\","
        "\"level\":\"topic\"}\n"
        "{\"id\":\"unit-01/chapter-02/topic-03/3\",\"prompt\":\"### Question:\\nWhy \\\"wait\\\"?"
        "\\n\\n### Answer:\\n\",\"type\":\"open\",\"unit\":\"unit-01\",\"chapter\":\"chapter-02\","
        "\"topic\":\"topic-03\",\"title\":\"Risk\",\"level\":\"topic\",\"reference_answer\":"
        "\"It pays.\",\"key_concepts\":[\"patience\",\"a \\\" b\"]}\n");
}

TEST(a_list_in_arabic)
{
    CHECK_TEXT(read_text("[{\"question\": \"أي مدينة كانت عاصمة الأنباط؟\", \"options\":\n"
                         " [\"تدمر\", \"البتراء\"], \"answer\": 1, \"explanation\": \"x\"},\n"
                         " {\"question\": \"الماء يغلي.\", \"answer\": true}]"),
               "{\"id\":\"q/1\",\"prompt\":\"السؤال: أي مدينة كانت عاصمة الأنباط؟\\nA) تدمر\\n"
               "B) البتراء\\nالجواب: \",\"answer\":\"B\",\"options\":[\"تدمر\",\"البتراء\"],"
               "\"type\":\"multiple_choice\",\"explanation\":\"x\"}\n"
               "{\"id\":\"q/2\",\"prompt\":\"السؤال: الماء يغلي.\\nصح أم خطأ؟\\nالجواب: \","
               "\"answer\":\"true\",\"type\":\"true_false\"}\n");
}

/* Lines that are questions, quizzes, or what is wanted already; those pass as they came. */
TEST(lines_of_all_kinds)
{
    CHECK_TEXT(
        read_text("{\"question\":\"True or false: 2 > 1\",\"correct_answer\":\"TRUE\"}\n"
                  "\n"
                  "{ \"prompt\":\"2+2=\", \"answer\": 4, \"category\":\"x\" }\n"
                  "{\"level\":\"final\",\"questions\":[{\"question\":\"3?\",\"answer\":3}]}\n"
                  "{\"id\":7,\"question\":\"4?\",\"key_concepts\":[\"k\"],\"source\":\"s\"}"),
        "{\"id\":\"q/1\",\"prompt\":\"### Question:\\nTrue or false: 2 > 1\\n\\n"
        "### Answer:\\n\",\"answer\":\"true\",\"type\":\"true_false\"}\n"
        "{ \"prompt\":\"2+2=\", \"answer\": 4, \"category\":\"x\" }\n"
        "{\"id\":\"final/1\",\"prompt\":\"### Question:\\n3?\\n\\n### Answer:\\n\","
        "\"answer\":3,\"type\":\"open\",\"level\":\"final\"}\n"
        "{\"id\":7,\"prompt\":\"### Question:\\n4?\\n\\n### Answer:\\n\",\"type\":\"open\","
        "\"key_concepts\":[\"k\"],\"source\":\"s\"}\n");
    CHECK_TEXT(read_text("\xef\xbb\xbf[\n{\"prompt\":\n \"a  b\",\n \"answer\": \"\\\\\"}]"),
               "{\"prompt\":\"a  b\",\"answer\":\"\\\\\"}\n");
}

static const char *answer_of(const char *options, const char *answer)
{
    static char text[1000];
    const char *got, *at;

    snprintf(text, sizeof text, "{\"question\":\"?\",\"options\":%s,\"answer\":%s}", options,
             answer);
    got = read_text(text);
    at = lines ? strstr(got, "\"answer\":\"") : NULL;
    if (!at) return got;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at + 10, "\""), at + 10);
    return text;
}

TEST(ways_to_name_an_option)
{
    static const char *const answers[] = {"\"B\"",      "\"b\"",      "\"B)\"", "\"(b)\"",
                                          "\" B. \"",   "\"B) two\"", "\"ب\"",  "\"two\"",
                                          "\"B: two\"", "1",          "1.0"};
    const char *lists[] = {"[\"one\",\"two\"]", "[\"A) one\",\"B) two\"]",
                           "[\"(a) one\",\"(b)  two \"]", "[\"أ) one\",\"ب) two\"]"};

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        for (size_t j = 0; j < sizeof lists / sizeof *lists; j++)
            CHECK_TEXT(answer_of(lists[j], answers[i]), "B");
    CHECK_TEXT(answer_of("[\"A) one\",\"two\"]", "\"A) one\""), "A");
    CHECK_TEXT(answer_of("[\"B\",\"A\"]", "0"), "A");
    CHECK_TEXT(answer_of("[\"U.S. law\",\"no\"]", "\"U.S. law\""), "A");
    CHECK_TEXT(answer_of("[]", "\"x\""), "x");
}

static const struct {
    const char *text, *problem;
} bad[] = {
    {"[7]", "is a number, not an object"},
    {"[{\"answer\":1}]", "has neither 'question' nor 'prompt'"},
    {"[{\"question\":null}]", "'question' is missing"},
    {"[{\"question\":[]}]", "'question' is an array, not a string"},
    {"[{\"question\":\"\"}]", "'question' is empty"},
    {"[{\"question\":\"?\",\"prompt\":\"!\"}]", "'question' and 'prompt' are both there"},
    {"[{\"prompt\":7}]", "'prompt' is a number, neither a string nor messages"},
    {"[{\"prompt\":\"\"}]", "'prompt' is empty"},
    {"[{\"question\":\"?\",\"type\":1}]", "'type' is a number, not a string"},
    {"[{\"question\":\"?\",\"type\":\"essay\"}]",
     "'type' is \"essay\", not multiple_choice, true_false or open"},
    {"[{\"question\":\"?\",\"type\":\"multiple_choice\",\"answer\":\"A\"}]",
     "multiple_choice, but without 'options'"},
    {"[{\"question\":\"?\",\"type\":\"open\",\"options\":[\"a\",\"b\"]}]",
     "open, but with 'options'"},
    {"[{\"question\":\"?\",\"type\":\"open\"}]",
     "open, but with neither 'answer', 'reference_answer' nor 'key_concepts'"},
    {"[{\"question\":\"?\",\"answer\":[]}]", "the answer is an array"},
    {"[{\"question\":\"?\",\"reference_answer\":1}]",
     "'reference_answer' is a number, not a string"},
    {"[{\"question\":\"?\",\"key_concepts\":\"k\"}]", "'key_concepts' is a string, not an array"},
    {"[{\"question\":\"?\",\"key_concepts\":[]}]", "'key_concepts' is empty"},
    {"[{\"question\":\"?\",\"key_concepts\":[\"k\",1]}]", "concept 2 is a number, not a string"},
    {"[{\"question\":\"?\",\"type\":\"true_false\"}]", "true_false, but without 'correct_answer'"},
    {"[{\"question\":\"?\",\"type\":\"true_false\",\"answer\":\"maybe\"}]",
     "the answer is \"maybe\", neither true nor false"},
    {"[{\"question\":\"?\",\"type\":\"true_false\",\"answer\":1}]",
     "the answer is 1, neither true nor false"},
    {"[{\"question\":\"?\",\"answer\":true,\"correct_answer\":true}]",
     "'correct_answer' and 'answer' are both there"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\"b\"]}]",
     "multiple_choice, but with neither 'correct_option' nor 'answer'"},
    {"[{\"question\":\"?\",\"options\":{},\"answer\":1}]", "'options' is an object, not an array"},
    {"[{\"question\":\"?\",\"options\":[\"a\"],\"answer\":0}]",
     "'options' has 1 of them, not 2 to 26"},
    {"[{\"question\":\"?\",\"options\":[\"a\",2],\"answer\":0}]",
     "option 2 is a number, not a string"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\" \"],\"answer\":0}]", "option 2 is empty"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\"b\",\"a \"],\"answer\":0}]",
     "options 1 and 3 are the same"},
    {"[{\"question\":\"?\",\"options\":[\"A) a\",\"C) b\"],\"answer\":0}]",
     "the label of option 2 is not 'B'"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\"b\"],\"answer\":2}]",
     "the answer is 2, but options are counted from 0 to 1"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\"b\"],\"answer\":0.5}]",
     "the answer is 0.5, but options are counted from 0 to 1"},
    {"[{\"question\":\"?\",\"options\":[\"a\",\"b\"],\"answer\":true}]",
     "the answer is true, not one of the options"},
    {"[{\"question\":\"?\",\"options\":[\"x\",\"y\"],\"answer\":\"C\"}]",
     "the answer 'C' is none of the options"},
    {"[{\"question\":\"?\",\"options\":[\"x\",\"y\"],\"answer\":\"A) y\"}]",
     "the answer 'A) y' is none of the options"},
    {"[{\"question\":\"?\",\"options\":[\"B\",\"A\"],\"answer\":\"A\"}]",
     "the answer 'A' is the letter of one option and the text of another"},
    {"[{\"question\":\"?\",\"answer\":1,\"id\":[]}]",
     "'id' is an array, neither a string nor a number"},
};

TEST(bad_questions)
{
    char want[400];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(want, sizeof want, "q.json: question 1: %s", bad[i].problem);
        CHECK_TEXT(read_text(bad[i].text), want);
    }
    CHECK_TEXT(read_text("{\"questions\":[{\"question\":\"?\",\"answer\":1},{}]}"),
               "q.json: question 2: has neither 'question' nor 'prompt'");
    CHECK_TEXT(read_text("{\"question\":\"?\",\"answer\":1}\n{\"question\":\"?\"}\n"),
               "q.json: question 2: open, but with neither 'answer', 'reference_answer' nor "
               "'key_concepts'");
}

TEST(bad_files)
{
    char *text = mem_alloc(QUIZ_LIMIT + 100000);
    const char *folder = files_path("folder");

    CHECK_TEXT(read_text(""), "q.json: holds no questions");
    CHECK_TEXT(read_text("[]"), "q.json: holds no questions");
    CHECK_TEXT(read_text("{\"questions\":[]}"), "q.json: holds no questions");
    CHECK_TEXT(read_text("{\"questions\":{}}"), "q.json: 'questions' is an object, not an array");
    CHECK_TEXT(read_text("{\"unit\":[],\"questions\":[]}"),
               "q.json: 'unit' is an array, not a string");
    CHECK_TEXT(read_text("[\n {\"question\": \"?\",\n  answer: 1}]"),
               "q.json:3: not JSON at column 3: no key where one must stand");
    CHECK_TEXT(read_text("{\"question\":\"?\",\"answer\":1}\n{\"question\"\n"),
               "q.json:2: not JSON at column 12: the text ends too early");
    CHECK_TEXT(read_text("\x1f\x8b..."),
               "q.json: is gzip data: unpack it first, as in 'zcat FILE | ...'");
    memset(text, ' ', QUIZ_LIMIT + 99999);
    text[0] = '[';
    text[QUIZ_LIMIT + 99999] = '\0';
    CHECK_TEXT(read_text(text), "q.json: a document of more than 16777216 bytes");
    snprintf(text, QUIZ_LIMIT, "{\"title\":\"%01000d\",\"questions\":[]}", 1);
    CHECK_TEXT(read_text(text), "q.json: 'title' is longer than 1000 bytes");
    mem_free(text);
    mkdir(folder, 0777);
    CHECK_TEXT(read_path(folder), "folder: is a directory");
    CHECK_TEXT(read_path(files_path("gone")), "gone: No such file or directory");
}

static bool refuse(void *context, struct text line, struct err *err)
{
    (void)context, (void)line;
    return err_set(err, "enough");
}

TEST(whoever_takes_may_refuse)
{
    struct err err;

    CHECK(!quiz_read(files_text("r.json", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}"), refuse, NULL,
                     &err));
    CHECK_TEXT(err.text, "enough");
}

TEST(what_is_a_quiz)
{
    static const char *const quizzes[] = {
        "{\"unit\":\"u\",\"questions\":[", "[ {\"question\":\"?\",\"options\":[\"",
        "{\"question\":\"?\",\"answer\":1}\n{\"prompt\":\"x\",\"chosen\":\"",
        "\xef\xbb\xbf{\"prompt\":\"2+2\",\"answer\" :4}", "[{\"level\":\"x\",\"questions\":[]}]"};
    static const char *const others[] = {"",
                                         "{",
                                         "[",
                                         "text",
                                         "{\"questions",
                                         "{\"prompt\":\"a\",\"chosen\":\"b\",\"answer\":1}",
                                         "{\"question\":\"?\",\"answer_a\":\"x\",\"answer\":1}",
                                         "{\"prompt\":\"?\"}",
                                         "{\"x\":{\"questions\":[]}}",
                                         "{\"metrics\":{},\"answer\":1,\"prompt\":2}",
                                         "{\"x\":\"questions\"}",
                                         "[\"questions\"]",
                                         "{\"prompt\":\"\\\"answer\\\":"};

    for (size_t i = 0; i < sizeof quizzes / sizeof *quizzes; i++) {
        check_claim(quiz_seems(text_of(quizzes[i])), __FILE__, __LINE__, "%s", quizzes[i]);
        CHECK(quiz_is(files_text("is.json", quizzes[i])));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check_claim(!quiz_seems(text_of(others[i])), __FILE__, __LINE__, "%s", others[i]);
    CHECK(!quiz_is("-") && !quiz_is("/dev/null") && !quiz_is(files_path("gone")));
    CHECK(!quiz_is("data/mortgage/seed.json") && !quiz_is("data/agentic/test.jsonl"));
}

/* Every shipped quiz becomes as many lines of JSON as it has questions. */
TEST(the_data_set)
{
    static const struct {
        const char *path;
        size_t count;
    } files[] = {{"data/voice/cycle-phases/quiz.json", 12},
                 {"data/voice/nested-cycles/quiz.json", 12},
                 {"data/voice/risk-first/quiz.json", 12},
                 {"data/voice/trend-before-opinion/quiz.json", 12},
                 {"data/voice/waiting-is-a-position/quiz.json", 12},
                 {"data/arabic/questions.json", 14}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        json_t *list;
        char *first;

        CHECK(quiz_is(files[i].path));
        read_path(files[i].path);
        CHECK_INT(lines, files[i].count);
        list = dataset_lines(files_text("lines.jsonl", out.at));
        CHECK_INT(json_array_size(list), files[i].count);
        first = files_read(files_path("lines.jsonl"), NULL);
        CHECK_TEXT(read_path(files_path("lines.jsonl")), first);
        mem_free(first);
        json_decref(list);
    }
}

int main(void)
{
    RUN(a_quiz);
    RUN(a_list_in_arabic);
    RUN(lines_of_all_kinds);
    RUN(ways_to_name_an_option);
    RUN(bad_questions);
    RUN(bad_files);
    RUN(whoever_takes_may_refuse);
    RUN(what_is_a_quiz);
    RUN(the_data_set);
    buffer_release(&out);
    return check_end();
}

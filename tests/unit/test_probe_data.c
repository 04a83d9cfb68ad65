/* The probe of general ability: every question is of the form that is asked, none stands there
 * twice, and every answer can be checked, the computed ones by computing them again. */
#include "quiz/quiz.h"
#include "unit/dataset.h"

#include "check.h"
#include "unit/expr.h"

#include <stdlib.h>

static const char path[] = "data/probe/probe.jsonl";
static const struct {
    const char *name;
    size_t least;
} categories[] = {{"arithmetic", 25}, {"facts", 25},  {"language", 15},    {"reading", 15},
                  {"logic", 15},      {"arabic", 15}, {"instructions", 12}};

enum { CATEGORIES = sizeof categories / sizeof *categories };

static json_t *questions;

static size_t category_of(const json_t *question)
{
    size_t i = 0;

    while (i < CATEGORIES && strcmp(dataset_text(question, "category"), categories[i].name) != 0)
        i++;
    return i;
}

static bool is_arabic(const json_t *question)
{
    return strcmp(dataset_text(question, "category"), "arabic") == 0;
}

static bool begins_with(const char *text, const char *begin)
{
    return strncmp(text, begin, strlen(begin)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

TEST(every_question_has_its_form)
{
    static const char *const members[] = {"id", "category", "prompt", "answer", "type", NULL};
    size_t i, counts[CATEGORIES + 1] = {0};
    json_t *question;

    CHECK(json_array_size(questions) >= 120);
    json_array_foreach(questions, i, question)
    {
        const char *prompt = dataset_text(question, "prompt"), *id = dataset_text(question, "id");
        const bool arabic = is_arabic(question);
        char want[64];

        CHECK(dataset_has_texts(question, members));
        counts[category_of(question)]++;
        snprintf(want, sizeof want, "probe/%s/%02zu", dataset_text(question, "category"),
                 counts[category_of(question)]);
        CHECK_TEXT(id, want);
        check_claim(begins_with(prompt, arabic ? "السؤال: " : "### Question:\n") &&
                        ends_with(prompt, arabic ? "\nالجواب: " : "\n\n### Answer:\n"),
                    __FILE__, __LINE__, "%s: its labels", id);
    }
    for (size_t c = 0; c < CATEGORIES; c++) CHECK(counts[c] >= categories[c].least);
    CHECK_INT(counts[CATEGORIES], 0);
}

TEST(nothing_stands_there_twice)
{
    json_t *seen = json_object(), *question;
    size_t i;

    json_array_foreach(questions, i, question)
    {
        const char *prompt = dataset_text(question, "prompt");

        check_claim(!json_object_get(seen, prompt), __FILE__, __LINE__, "again: %s", prompt);
        json_object_set_new(seen, prompt, json_true());
    }
    json_decref(seen);
}

TEST(numbers_are_computed_again)
{
    json_t *question;
    size_t i, found = 0;

    json_array_foreach(questions, i, question)
    {
        const char *formula = dataset_text(question, "formula");
        const bool arithmetic = strcmp(dataset_text(question, "category"), "arithmetic") == 0;
        double value;

        CHECK(!arithmetic || *formula);
        if (!*formula) continue;
        found++;
        if (CHECK(expr_evaluate(formula, &value)))
            CHECK_NEAR(strtod(dataset_text(question, "answer"), NULL), value, 1e-9);
    }
    CHECK(found >= 30);
}

/* The options stand in the prompt under their letters, and each letter is right as often. */
TEST(choices)
{
    size_t i, j, right[4] = {0}, all = 0;
    json_t *question, *option;

    json_array_foreach(questions, i, question)
    {
        const json_t *options = json_object_get(question, "options");
        const char *answer = dataset_text(question, "answer");
        char line[200];

        CHECK((options != NULL) ==
              (strcmp(dataset_text(question, "type"), "multiple_choice") == 0));
        if (!options) continue;
        CHECK_INT(json_array_size(options), 4);
        json_array_foreach(options, j, option)
        {
            snprintf(line, sizeof line, "\n%c) %s\n", (int)('A' + j), json_string_value(option));
            check_claim(strstr(dataset_text(question, "prompt"), line) != NULL, __FILE__, __LINE__,
                        "%s: option %zu", dataset_text(question, "id"), j + 1);
        }
        if (!CHECK(strlen(answer) == 1 && *answer >= 'A' && *answer <= 'D')) continue;
        right[*answer - 'A']++;
        all++;
    }
    for (j = 0; j < 4; j++) CHECK(right[j] + 1 >= all / 4 && right[j] <= all / 4 + 1);
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* What is looked for in an answer is short, so that it may be found; of a text that was read it is
 * a part. */
TEST(open_answers)
{
    json_t *question;
    size_t i;

    json_array_foreach(questions, i, question)
    {
        const char *type = dataset_text(question, "type"),
                   *answer = dataset_text(question, "answer");

        if (strcmp(type, "true_false") == 0)
            CHECK(strcmp(answer, "true") == 0 || strcmp(answer, "false") == 0);
        if (strcmp(type, "open") != 0) continue;
        CHECK(dataset_words(answer) <= 3);
        CHECK(is_number(answer) || dataset_letters(answer) >= 2);
        if (strcmp(dataset_text(question, "category"), "reading") == 0)
            check_claim(strcasestr(dataset_text(question, "prompt"), answer) != NULL, __FILE__,
                        __LINE__, "%s: '%s' does not stand there", dataset_text(question, "id"),
                        answer);
    }
}

static bool compare(void *context, struct text line, struct err *err)
{
    FILE *file = context;
    char want[2000] = "";

    (void)err;
    CHECK(fgets(want, sizeof want, file) != NULL);
    return CHECK(strlen(want) == line.len + 1 && memcmp(want, line.at, line.len) == 0);
}

/* They are question lines already: read as a quiz they come out as they are. */
TEST(they_are_asked_as_they_stand)
{
    FILE *file = fopen(path, "r");
    struct err err = {""};

    CHECK(file && quiz_is(path));
    if (!file) return;
    CHECK(quiz_read(path, compare, file, &err));
    CHECK(fgetc(file) == EOF);
    fclose(file);
}

int main(void)
{
    questions = dataset_lines(path);
    if (!questions) {
        printf("Bail out! %s\n", path);
        return 1;
    }
    RUN(every_question_has_its_form);
    RUN(nothing_stands_there_twice);
    RUN(numbers_are_computed_again);
    RUN(choices);
    RUN(open_answers);
    RUN(they_are_asked_as_they_stand);
    json_decref(questions);
    return check_end();
}

/* The mortgage pairs teach a model figures, so every figure they call right is computed again
 * here: metadata.calculations holds an expression and the text that stands in `chosen`,
 * metadata.facts holds the rules ("3.5%"), and no other amount, rate or large number may occur. */
#include "unit/dataset.h"
#include "unit/expr.h"
#include "unit/figure.h"

#include "check.h"

#include <sqlite3.h>
#include <stdlib.h>

#define SEEDS "data/mortgage/seed.json"
#define DEBATES "data/mortgage/debates.sql"
#define CLAIM(holds, ...) check_claim((holds), __FILE__, __LINE__, __VA_ARGS__)

static json_t *seeds;

static const char *label_of(const json_t *record, const char *key)
{
    return dataset_text(json_object_get(record, "metadata"), key);
}

static json_t *list_of(const json_t *record, const char *key)
{
    return json_object_get(json_object_get(record, "metadata"), key);
}

static size_t count_label(const char *key, const char *value)
{
    size_t n, count = 0;
    json_t *record;

    json_array_foreach(seeds, n, record)
    {
        count += strcmp(label_of(record, key), value) == 0;
    }
    return count;
}

TEST(evaluator)
{
    double value;

    CHECK(expr_evaluate("pay(300000,6.5,360)", &value));
    CHECK_NEAR(value, 1896.20, 0.005);
    CHECK(expr_evaluate("bal(300000, 6.5, 360, 360)", &value));
    CHECK_NEAR(value, 0, 1e-3);
    CHECK(expr_evaluate("apr(300000,pay(300000,6.5,360),360)", &value));
    CHECK_NEAR(value, 6.5, 1e-9);
    CHECK(expr_evaluate("months(300000,6.5,pay(300000,6.5,360))", &value));
    CHECK_NEAR(value, 360, 1e-6);
    CHECK(expr_evaluate("-(1+2)*4/6+min(7,pow(2,3))-floor(1.9)", &value));
    CHECK_NEAR(value, 4, 1e-12);
    CHECK(!expr_evaluate("1+", &value));
    CHECK(!expr_evaluate("pay(1,2)", &value));
    CHECK(!expr_evaluate("sin(1)", &value));
    CHECK(!expr_evaluate("(1", &value));
    CHECK(!expr_evaluate("1 2", &value));
    CHECK(!expr_evaluate("1/0", &value));
    CHECK(figure_agrees("pay(300000,6.5,360)-pay(300000,5.5,360)", "$192.84"));
    CHECK(!figure_agrees("pay(300000,6.5,360)-pay(300000,5.5,360)", "$192.83"));
    CHECK(figure_agrees("1-3", "-2 points") && !figure_agrees("1-3", "2 points"));
    CHECK(figure_stands_in("$192", "saves $192, or") && !figure_stands_in("$192", "saves $192.84"));
    CHECK(!figure_stands_in("22", "in 2022"));
}

TEST(records)
{
    static const char *const required[] = {"id", "prompt", "chosen", "rejected", NULL};
    size_t n;
    json_t *record;

    CHECK_INT(json_array_size(seeds), 168);
    json_array_foreach(seeds, n, record)
    {
        char id[32];
        const char *chosen = dataset_text(record, "chosen");
        const char *rejected = dataset_text(record, "rejected");
        snprintf(id, sizeof id, "cma_%03zu", n + 1);
        CHECK_TEXT(dataset_text(record, "id"), id);
        CLAIM(dataset_has_texts(record, required), "%s: a text is missing", id);
        CLAIM(strcmp(chosen, rejected) != 0, "%s: chosen is rejected", id);
        CLAIM(dataset_letters(chosen) >= 300 && dataset_letters(chosen) <= 1500,
              "%s: length of chosen", id);
        CLAIM(dataset_letters(rejected) >= 150 && dataset_letters(rejected) <= 1500,
              "%s: length of rejected", id);
        CLAIM(!strpbrk(chosen, "[]{}") && !strstr(chosen, "<|"), "%s: leftovers in chosen", id);
        CLAIM(!strpbrk(rejected, "[]{}") && !strstr(rejected, "<|"), "%s: leftovers", id);
    }
}

TEST(composition)
{
    static const struct {
        const char *key, *value;
        size_t least, most;
    } shares[] = {
        {"category", "client_advisory", 5, 5},
        {"category", "debt_management", 4, 4},
        {"category", "economic_analysis", 22, 22},
        {"category", "fed_policy", 16, 16},
        {"category", "interest_rates_markets", 20, 20},
        {"category", "loan_comparison", 7, 7},
        {"category", "mortgage_basics", 8, 8},
        {"category", "mortgage_strategy", 5, 5},
        {"category", "rate_lock_strategy", 11, 11},
        {"category", "refinance_strategy", 5, 5},
        {"category", "statistical_context", 18, 18},
        {"category", "technical_analysis", 17, 17},
        {"category", "visual_concepts", 30, 30},
        {"difficulty", "beginner", 29, 39},
        {"difficulty", "intermediate", 62, 72},
        {"difficulty", "advanced", 45, 55},
        {"difficulty", "expert", 12, 22},
        {"rejected_kind", "shallow", 25, 45},
        {"rejected_kind", "rule_of_thumb", 25, 45},
        {"rejected_kind", "forgotten_costs", 25, 45},
        {"rejected_kind", "wrong_arithmetic", 25, 45},
        {"rejected_kind", "false_promise", 25, 45},
    };

    for (size_t n = 0; n < sizeof shares / sizeof *shares; n++) {
        size_t count = count_label(shares[n].key, shares[n].value);
        CLAIM(count >= shares[n].least && count <= shares[n].most, "%zu records are %s", count,
              shares[n].value);
    }
}

/* Paraphrases count as prompts: one that repeats a prompt would leak between splits. */
TEST(prompts_occur_once)
{
    json_t *seen = json_object(), *record, *other;
    size_t n, k;

    json_array_foreach(seeds, n, record)
    {
        const char *id = dataset_text(record, "id"), *prompt = dataset_text(record, "prompt");
        CLAIM(!json_object_get(seen, prompt), "%s: prompt occurs twice", id);
        json_object_set_new(seen, prompt, json_true());
        json_array_foreach(list_of(record, "paraphrases"), k, other)
        {
            const char *text = json_string_value(other);
            CLAIM(text && *text && !json_object_get(seen, text), "%s: paraphrase %zu", id, k);
            if (text) json_object_set_new(seen, text, json_true());
        }
    }
    json_decref(seen);
}

TEST(calculations)
{
    size_t n, k, count = 0;
    json_t *record, *calculation;

    json_array_foreach(seeds, n, record)
    {
        const char *id = dataset_text(record, "id"), *chosen = dataset_text(record, "chosen");
        CLAIM(json_is_array(list_of(record, "calculations")), "%s: no calculations", id);
        json_array_foreach(list_of(record, "calculations"), k, calculation)
        {
            const char *expression = dataset_text(calculation, "expr");
            const char *text = dataset_text(calculation, "text");
            CLAIM(figure_agrees(expression, text), "%s: %s is not %s", id, expression, text);
            CLAIM(figure_stands_in(text, chosen), "%s: '%s' is not in chosen", id, text);
            count++;
        }
    }
    CHECK(count >= 168);
}

static bool accounted_for(const json_t *record, const struct figure *number)
{
    size_t n;
    json_t *item;

    if (figure_occurs(number, dataset_text(record, "prompt"))) return true;
    json_array_foreach(list_of(record, "calculations"), n, item)
    {
        if (figure_occurs(number, dataset_text(item, "text"))) return true;
    }
    json_array_foreach(list_of(record, "facts"), n, item)
    {
        if (json_is_string(item) && figure_occurs(number, json_string_value(item))) return true;
    }
    return false;
}

TEST(no_other_numbers)
{
    size_t n, k;
    json_t *record, *fact;
    struct figure number;

    json_array_foreach(seeds, n, record)
    {
        const char *id = dataset_text(record, "id"), *chosen = dataset_text(record, "chosen");
        json_array_foreach(list_of(record, "facts"), k, fact)
        {
            const char *text = json_string_value(fact);
            CLAIM(text && figure_stands_in(text, chosen), "%s: fact %zu is not in chosen", id, k);
        }
        for (const char *at = chosen; figure_next(&at, &number);)
            if (figure_counts(&number))
                CLAIM(accounted_for(record, &number), "%s: where is %g from?", id, number.value);
    }
}

TEST(answers)
{
    size_t n, answers = 0, paraphrased = 0;
    json_t *record;

    json_array_foreach(seeds, n, record)
    {
        const char *id = dataset_text(record, "id"), *answer = dataset_text(record, "answer");
        const char *chosen = dataset_text(record, "chosen"), *at = answer;
        json_t *others = list_of(record, "paraphrases");
        struct figure number;
        bool numeric = *answer && strspn(answer, "0123456789.") == strlen(answer);

        if (others) CLAIM(json_array_size(others) == 2 && *answer, "%s: paraphrases", id);
        if (!json_object_get(record, "answer")) continue;
        CLAIM(*answer, "%s: answer is not a string", id);
        if (numeric && figure_next(&at, &number))
            CLAIM(figure_occurs(&number, chosen), "%s: chosen does not say %s", id, answer);
        else
            CLAIM(figure_stands_in(answer, chosen), "%s: chosen does not say %s", id, answer);
        answers++;
        paraphrased += others != NULL;
    }
    CHECK(answers >= 84);
    CHECK(paraphrased >= 40);
}

/* If chosen were always the longer text, a model would learn length and nothing else. */
TEST(length_does_not_decide)
{
    CHECK_NEAR(dataset_longer_share(seeds), 0.525, 0.075);
}

TEST(statistics_are_illustrative)
{
    size_t n;
    json_t *record;

    json_array_foreach(seeds, n, record)
    {
        if (strcmp(label_of(record, "category"), "statistical_context") != 0) continue;
        CLAIM(strstr(dataset_text(record, "chosen"), "illustrat") != NULL,
              "%s: does not say that its figures are illustrative", dataset_text(record, "id"));
    }
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    char *text = NULL;

    if (!file) return NULL;
    if (fseek(file, 0, SEEK_END) == 0) size = ftell(file);
    if (size >= 0) text = calloc((size_t)size + 1, 1);
    rewind(file);
    if (text && fread(text, 1, (size_t)size, file) != (size_t)size) *text = '\0';
    fclose(file);
    return text;
}

static int check_row(void *count, int columns, char **value, char **name)
{
    const char *id = value[0] ? value[0] : "(null)", *expression = value[1] ? value[1] : "";
    const char *text = value[2] ? value[2] : "", *chosen = value[3] ? value[3] : "";

    (void)columns;
    (void)name;
    CLAIM(figure_agrees(expression, text), "%s: %s is not %s", id, expression, text);
    CLAIM(figure_stands_in(text, chosen), "%s: '%s' is not in chosen", id, text);
    ++*(int *)count;
    return 0;
}

TEST(debate_calculations)
{
    char *sql = read_file(DEBATES);
    sqlite3 *db = NULL;
    int rows = 0;

    if (!sql) {
        SKIP("no " DEBATES);
        return;
    }
    CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_exec(db,
                 "SELECT c.pair_id, c.expr, c.text, p.chosen FROM calculations c"
                 " LEFT JOIN training_pairs p ON p.id = c.pair_id",
                 check_row, &rows, NULL);
    CLAIM(rows > 0, "%s: %s", DEBATES, sqlite3_errmsg(db));
    sqlite3_close(db);
    free(sql);
}

int main(void)
{
    seeds = dataset_document(SEEDS);
    if (!seeds) {
        puts("Bail out! " SEEDS);
        return 1;
    }
    RUN(evaluator);
    RUN(records);
    RUN(composition);
    RUN(prompts_occur_once);
    RUN(calculations);
    RUN(no_other_numbers);
    RUN(answers);
    RUN(length_does_not_decide);
    RUN(statistics_are_illustrative);
    RUN(debate_calculations);
    json_decref(seeds);
    return check_end();
}

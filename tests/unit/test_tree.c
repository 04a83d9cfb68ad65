/* Pairs as trees: the ids that TRL makes of them, and what bounds on lengths leave of them. */
#include "tree/tree.h"

#include "check.h"
#include "records/value.h"
#include "unit/files.h"
#include "unit/golden.h"
#include "unit/tokens.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct pair pair;
static struct tree tree;

/* The folder of a model with that tokenizer; NULL where it cannot be unpacked. */
static const char *unpack(const char *name)
{
    static char folder[4096];
    char file[64];
    struct buffer text = {0};
    struct err err;
    bool got = golden_tokenizer(name, &text, &err);

    snprintf(folder, sizeof folder, "%s", files_path(name));
    mkdir(folder, 0700);
    snprintf(file, sizeof file, "%s/tokenizer.json", name);
    if (got) files_write(file, text.at, text.len);
    snprintf(file, sizeof file, "tree/%s.config.json", name);
    got = got && golden_read(file, &text);
    snprintf(file, sizeof file, "%s/tokenizer_config.json", name);
    if (got) files_write(file, text.at, text.len);
    buffer_release(&text);
    return got ? folder : NULL;
}

static bool same_ids(const struct scan *scan, const char *key, const token_id *ids, size_t count)
{
    struct text want = golden_span(scan, key);
    struct buffer got = {0};
    bool same;

    buffer_byte(&got, '[');
    for (size_t i = 0; i < count; i++) buffer_format(&got, i ? ", %u" : "%u", ids[i]);
    buffer_byte(&got, ']');
    same = want.at && want.len == got.len && memcmp(want.at, got.at, got.len) == 0;
    if (!same) printf("# %s: %.*s\n", key, (int)got.len, got.at);
    buffer_release(&got);
    return same;
}

static bool same_text(const struct scan *scan, const char *key, const struct buffer *text)
{
    struct buffer decoded = {0};
    struct text want = golden_string(scan, key, &decoded);
    bool same = !want.at || (want.len == text->len && memcmp(want.at, text->at, want.len) == 0);

    buffer_release(&decoded);
    return same;
}

static bool row_agrees(struct tree_maker *maker, const struct scan *row, int made)
{
    const token_id *chosen = tree.ids.at + tree.prompt;
    const token_id *rejected = chosen + tree.chosen.answer;

    if (scan_member(row, "dropped")) return made == 0;
    return made == 1 && same_ids(row, "prompt_ids", tree.ids.at, tree.prompt) &&
           same_ids(row, "chosen_ids", chosen, tree.chosen.answer) &&
           same_ids(row, "rejected_ids", rejected, tree.rejected.answer) &&
           same_text(row, "prompt_text", &maker->texts[0]) &&
           same_text(row, "chosen_text", &maker->texts[1]);
}

static void check_rows(const char *folder, const char *rows, size_t expected)
{
    struct language language;
    struct tree_rules rules = {0};
    struct tree_maker maker;
    struct buffer text = {0};
    struct scan row = {0};
    struct err err;
    const char *at;
    size_t count = 0;

    if (!CHECK(language_load(&language, folder, "auto", &err)) || !CHECK(golden_read(rows, &text)))
        return;
    tree_maker_init(&maker, &language, &rules);
    for (at = text.at; golden_line(&at, text.at + text.len, &row); count++) {
        const struct member *limit = scan_member(&row, "max_length");
        double most = 0;
        int made = -1;

        if (limit) value_number(&limit->value, &most);
        rules.max_length = (size_t)most;
        if (CHECK(pair_parse(&pair, golden_span(&row, "pair"), &err)))
            made = tree_make(&maker, &pair, &tree, &err);
        if (!CHECK(row_agrees(&maker, &row, made))) printf("# row %zu\n", count + 1);
    }
    CHECK_INT(count, expected);
    tree_maker_release(&maker);
    language_release(&language);
    scan_release(&row);
    buffer_release(&text);
}

TEST(tiny)
{
    char folder[4096];
    const char *root = getenv("SRC");

    snprintf(folder, sizeof folder, "%s/data/tiny", root ? root : ".");
    check_rows(folder, "tree/tiny.jsonl", 44);
}

static void check_unpacked(const char *name, const char *rows, size_t expected)
{
    const char *folder = unpack(name);

    if (folder)
        check_rows(folder, rows, expected);
    else
        SKIP("xz is missing");
}

TEST(qwen3)
{
    check_unpacked("qwen3", "tree/qwen3.jsonl", 44);
}

TEST(smollm2)
{
    check_unpacked("smollm2", "tree/smollm2.jsonl", 47);
}

/* The model of the tests below: the tiny one. Ids are written 'prompt|chosen|rejected'. */
static const char *shape(const struct tree_rules *rules, const char *template, const char *line)
{
    static char words[700];
    char folder[4096];
    const char *root = getenv("SRC");
    struct language language;
    struct tree_maker maker;
    struct err err;
    int made;

    snprintf(folder, sizeof folder, "%s/data/tiny", root ? root : ".");
    if (!language_load(&language, folder, template, &err)) {
        snprintf(words, sizeof words, "%s", err.text);
        return words;
    }
    tree_maker_init(&maker, &language, rules);
    CHECK(pair_parse(&pair, text_of(line), &err));
    made = tree_make(&maker, &pair, &tree, &err);
    if (made < 0)
        snprintf(words, sizeof words, "%s", err.text);
    else if (made == 0)
        snprintf(words, sizeof words, "left out");
    else
        snprintf(words, sizeof words, "%zu-%zu|%zu+%zu-%zu|%zu+%zu-%zu", tree.prompt,
                 tree.prompt_lost, tree.chosen.context, tree.chosen.answer, tree.chosen.lost,
                 tree.rejected.context, tree.rejected.answer, tree.rejected.lost);
    tree_maker_release(&maker);
    language_release(&language);
    return words;
}

#define ROW                                                                                        \
    "{\"prompt\":\"1234\",\"chosen\":\"5678\",\"rejected\":\"90\"}" /* 4, 4 + 1, 2 + 1 ids */

TEST(the_start_is_kept)
{
    struct tree_rules rules = {0};

    CHECK_TEXT(shape(&rules, "auto", ROW), "4-0|0+5-0|0+3-0");
    rules.max_length = 9;
    CHECK_TEXT(shape(&rules, "auto", ROW), "4-0|0+5-0|0+3-0");
    rules.max_length = 8;
    CHECK_TEXT(shape(&rules, "auto", ROW), "4-0|0+4-1|0+3-0");
    rules.max_length = 5;
    CHECK_TEXT(shape(&rules, "auto", ROW), "4-0|0+1-4|0+1-2");
    rules.max_length = 4;
    CHECK_TEXT(shape(&rules, "auto", ROW), "left out");
}

TEST(the_end_is_kept)
{
    struct tree_rules rules = {.truncate = TRUNCATE_KEEP_END};

    rules.max_length = 9;
    CHECK_TEXT(shape(&rules, "auto", ROW), "4-0|0+5-0|0+3-0");
    rules.max_length = 8; /* chosen loses one of its prompt: positions differ, nothing is shared */
    CHECK_TEXT(shape(&rules, "auto", ROW), "0-1|3+5-0|4+3-0");
    rules.max_length = 5;
    CHECK_TEXT(shape(&rules, "auto", ROW), "0-4|0+5-0|2+3-0");
    rules.max_length = 2;
    CHECK_TEXT(shape(&rules, "auto", ROW), "0-4|0+2-3|0+2-1");
}

TEST(prompts_lose_their_beginning)
{
    struct tree_rules rules = {.max_prompt_length = 3};

    CHECK_TEXT(shape(&rules, "auto", ROW), "3-1|0+5-0|0+3-0");
    CHECK_INT(tree.ids.at[0], 17); /* '2' */
    rules.max_length = 6;
    CHECK_TEXT(shape(&rules, "auto", ROW), "3-1|0+3-2|0+3-0");
    rules.max_length = 3;
    CHECK_TEXT(shape(&rules, "auto", ROW), "left out");
    rules.truncate = TRUNCATE_KEEP_END;
    rules.max_length = 8;
    CHECK_TEXT(shape(&rules, "auto", ROW), "3-1|0+5-0|0+3-0");
}

TEST(formats)
{
    struct tree_rules rules = {.prompt_format = "0{prompt}0{prompt}"};

    CHECK_TEXT(shape(&rules, "auto", ROW), "10-0|0+5-0|0+3-0");
    rules.prompt_format = "00";
    CHECK_TEXT(shape(&rules, "auto", ROW), "2-0|0+5-0|0+3-0");
}

#define CHAT(more)                                                                                 \
    "{\"prompt\":[{\"role\":\"user\",\"content\":\"1\"}],"                                         \
    "\"chosen\":[{\"role\":\"assistant\",\"content\":\"2\"}],"                                     \
    "\"rejected\":[{\"role\":\"assistant\",\"content\":\"3\"}]" more "}"

TEST(conversations)
{
    static const char with[] =
        "{\"prompt\":[{\"role\":\"system\",\"content\":\"4\"},{\"role\":\"user\",\"content\":\"1\"}"
        "],\"chosen\":[{\"role\":\"assistant\",\"content\":\"2\"}],"
        "\"rejected\":[{\"role\":\"assistant\",\"content\":\"3\"}],\"system\":\"555555\"}";
    struct tree_rules rules = {0};
    char first[700];

    snprintf(first, sizeof first, "%s", shape(&rules, "auto", with));
    CHECK_TEXT(shape(&rules, "auto", CHAT(",\"system\":\"4\"")), first);
    CHECK_TEXT(shape(&rules, "chatml", CHAT(",\"system\":\"4\"")), first);
    CHECK(strcmp(shape(&rules, "auto", CHAT("")), first) != 0);
    CHECK_TEXT(shape(&rules, "none", CHAT("")),
               "the record holds messages, and the model has no chat template");
    CHECK_TEXT(shape(&rules, "/no/such/file", CHAT("")),
               "/no/such/file: No such file or directory");
    CHECK_TEXT(shape(&rules, files_text("bad.jinja", "{{ raise_exception('no') }}"), CHAT("")) +
                   strlen(files_path("bad.jinja")),
               ":1: the template says: no");
}

int main(void)
{
    RUN(tiny);
    RUN(qwen3);
    RUN(smollm2);
    RUN(the_start_is_kept);
    RUN(the_end_is_kept);
    RUN(prompts_lose_their_beginning);
    RUN(formats);
    RUN(conversations);
    return check_end();
}

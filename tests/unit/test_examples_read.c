/* Sets of pairs and of texts: kinds, counts, order, digests, and what cannot be read. */
#include "examples/examples.h"

#include "check.h"
#include "unit/files.h"

static struct language language;
static struct config config = {.vocabulary = 512, .positions = 4096};

/* Reads a file of these lines, or tells what is wrong with it, without its folder. */
static const char *read_text(struct examples *examples, const char *text, size_t threads)
{
    static struct err err;
    char *paths[] = {(char *)files_text("set.jsonl", text), NULL};

    if (!examples->language) examples->language = &language;
    if (!examples->config) examples->config = &config;
    if (examples_read(examples, paths, threads, &err)) return "";
    return strrchr(err.text, '/') ? strrchr(err.text, '/') + 1 : err.text;
}

static const char *wrong(struct examples *examples, const char *text)
{
    const char *words = read_text(examples, text, 2);

    if (!*words) examples_close(examples);
    return words;
}

static const char *wrong_text(const char *text)
{
    return wrong(&(struct examples){.kind = EXAMPLES_TEXTS}, text);
}

#define PAIR(prompt, chosen, rejected)                                                             \
    "{\"prompt\":\"" prompt "\",\"chosen\":\"" chosen "\",\"rejected\":\"" rejected "\"}\n"
#define SCORED(chosen, rejected)                                                                   \
    "{\"prompt\":\"1\",\"chosen\":\"2\",\"rejected\":\"3\"" chosen rejected "}\n"
#define USER "{\"role\":\"user\",\"content\":\"1\"}"
#define ASSISTANT "{\"role\":\"assistant\",\"content\":\"2\"}"

TEST(what_becomes_of_pairs_is_counted)
{
    struct examples set = {.rules = {.max_length = 6}, .keep_dropped = true};

    CHECK_TEXT(read_text(&set,
                         PAIR("12", "34567", "8") PAIR("123456", "7", "8") PAIR("12", "345", "6789")
                             PAIR("1", "23", "23"),
                         1),
               "");
    CHECK_INT(set.read, 4);
    CHECK_INT(set.count, 4);
    CHECK_INT(set.dropped, 1);
    CHECK_INT(set.items[1].rows, 0);
    CHECK_INT(set.cut, 2);
    CHECK_INT(set.cut_chosen, 1);
    CHECK_INT(set.cut_rejected, 1);
    CHECK_INT(set.lost_end, 2);
    CHECK_INT(set.same, 1);
    CHECK_INT(set.chosen_longer, 1);
    CHECK(set.items[0].longer && !set.items[2].longer);
    CHECK_INT(set.items[0].lengths[0], 4);
    CHECK_INT(set.items[0].tokens, 6 + 4);
    CHECK_INT(set.tokens, 10 + 12 + 8);
    CHECK_INT(set.scored, 6 + 8 + 6);
    CHECK_INT(set.longest, 6);
    examples_close(&set);

    set = (struct examples){.rules = {.max_length = 4, .truncate = TRUNCATE_KEEP_END}};
    CHECK_TEXT(read_text(&set, PAIR("12", "345", "6") PAIR("Hel", "lo", "p"), 1), "");
    CHECK_INT(set.cut, 0);
    CHECK_INT(set.prompt_cut, 1);
    CHECK_INT(set.prompt_split, 1);
    CHECK_INT(set.lost_end, 0);
    examples_close(&set);
}

TEST(a_text_of_each_kind)
{
    struct examples set = {.kind = EXAMPLES_TEXTS};
    char digest[2][65];
    struct err err;

    CHECK_TEXT(read_text(&set, "{\"text\":\"12\",\"prompt\":\"3\"}\n{\"text\":\"\"}\n", 2), "");
    CHECK_INT(set.count, 1);
    CHECK_INT(set.dropped, 1);
    CHECK_INT(set.unscored, 1);
    CHECK_INT(set.items[0].sides, 1);
    CHECK_INT(set.items[0].lengths[0], 3);
    CHECK_INT(set.items[0].scored[0], 2);
    CHECK_INT(set.scored, 2);
    CHECK(isnan(set.items[0].gap));
    examples_close(&set);

    set = (struct examples){.kind = EXAMPLES_TEXTS};
    CHECK_TEXT(read_text(&set, PAIR("12", "34", "5"), 1), "");
    CHECK_INT(set.items[0].prompt, 2);
    CHECK(examples_digest(&set, digest[0], &err));
    examples_close(&set);
    set = (struct examples){.kind = EXAMPLES_TEXTS};
    CHECK_TEXT(read_text(&set, "{\"prompt\":\"12\",\"completion\":\"34\",\"text\":\"5\"}", 1), "");
    CHECK(examples_digest(&set, digest[1], &err));
    CHECK_TEXT(digest[1], digest[0]);
    examples_close(&set);

    set = (struct examples){.kind = EXAMPLES_TEXTS, .rules = {.prompt_format = "0{prompt}0"}};
    CHECK_TEXT(read_text(&set, "{\"prompt\":\"12\",\"completion\":\"34\"}", 1), "");
    CHECK_INT(set.items[0].prompt, 4);
    examples_close(&set);

    set = (struct examples){.kind = EXAMPLES_TEXTS,
                            .completion_only = COMPLETION_ONLY_NO,
                            .rules = {.max_prompt_length = 3}};
    CHECK_TEXT(read_text(&set, "{\"prompt\":\"1234\",\"completion\":\"5\"}", 1), "");
    CHECK_INT(set.items[0].lengths[0], 5);
    CHECK_INT(set.prompt_cut, 1);
    CHECK_INT(set.cut, 0);
    examples_close(&set);
}

TEST(a_system_text_stands_before_messages)
{
    static const char *const lines[2] = {
        "{\"messages\":[{\"role\":\"system\",\"content\":\"4\"}," USER "," ASSISTANT "]}",
        "{\"system\":\"4\",\"messages\":[" USER "," ASSISTANT "]}"};
    char digest[2][65];
    struct err err;

    for (int i = 0; i < 2; i++) {
        struct examples set = {.kind = EXAMPLES_TEXTS};

        CHECK_TEXT(read_text(&set, lines[i], 1), "");
        CHECK(examples_digest(&set, digest[i], &err));
        examples_close(&set);
    }
    CHECK_TEXT(digest[1], digest[0]);
}

static void digest_of(struct examples set, const char *text, size_t threads, char digest[65])
{
    struct err err;

    CHECK_TEXT(read_text(&set, text, threads), "");
    CHECK(examples_digest(&set, digest, &err));
    examples_close(&set);
}

TEST(a_digest_tells_sets_apart)
{
    const char *all = PAIR("1", "2", "3") PAIR("4", "5", "6") PAIR("12345678", "1", "2");
    char first[65], other[65];

    digest_of((struct examples){.rules.max_length = 8}, all, 1, first);
    digest_of((struct examples){.rules.max_length = 8}, all, 3, other);
    CHECK_TEXT(other, first);
    digest_of((struct examples){.rules.max_length = 8, .keep_dropped = true}, all, 1, other);
    CHECK_TEXT(other, first);
    digest_of((struct examples){0}, PAIR("1", "2", "3") PAIR("4", "5", "6"), 1, other);
    CHECK_TEXT(other, first);
    digest_of((struct examples){0}, PAIR("4", "5", "6") PAIR("1", "2", "3"), 1, other);
    CHECK(strcmp(other, first) != 0);
    digest_of((struct examples){0}, PAIR("1", "23", "4"), 1, first);
    digest_of((struct examples){0}, PAIR("12", "3", "4"), 1, other);
    CHECK(strcmp(other, first) != 0);
}

TEST(curricula_begin_with_the_largest_gap)
{
    struct examples set = {0};
    size_t order[6], want[6] = {3, 1, 5, 4, 0, 2};

    CHECK_TEXT(read_text(&set,
                         SCORED(",\"chosen_score\":1", "")
                             SCORED(",\"chosen_score\":3", ",\"rejected_score\":1") SCORED("", "")
                                 SCORED(",\"chosen_score\":9", ",\"rejected_score\":-1")
                                     SCORED(",\"chosen_score\":1", ",\"rejected_score\":2")
                                         SCORED(",\"chosen_score\":4", ",\"rejected_score\":2"),
                         1),
               "");
    CHECK_NEAR(set.items[3].gap, 10, 0);
    CHECK(isnan(set.items[0].gap) && isnan(set.items[2].gap));
    examples_order_by_gap(&set, order);
    for (int i = 0; i < 6; i++) CHECK_INT(order[i], want[i]);
    examples_close(&set);
}

TEST(examples_know_where_they_stand)
{
    const char *one = files_text("one.jsonl", "\n" PAIR("1", "2", "3") "\n" PAIR("4", "56", "7"));
    const char *two = files_text("two.jsonl", PAIR("8", "9", "0"));
    char *paths[] = {(char *)one, (char *)two, NULL};
    struct examples set = {.language = &language, .config = &config};
    struct batch batch = {0};
    struct err err;

    if (!CHECK(examples_read(&set, paths, 2, &err))) return;
    CHECK_INT(set.items[1].line, 4);
    CHECK_TEXT(examples_path(&set, set.items[1].file), one);
    CHECK_INT(set.items[2].line, 1);
    CHECK_TEXT(examples_path(&set, set.items[2].file), two);
    CHECK(examples_add(&set, 1, &batch, &err) && examples_add(&set, 2, &batch, &err));
    CHECK_INT(batch.rows, set.items[1].rows + set.items[2].rows);
    CHECK_INT(batch.scored_count, 3 + 2 + 2 + 2);
    batch_release(&batch);
    examples_close(&set);
}

TEST(pairs_that_cannot_be_used)
{
    struct config small = {.vocabulary = 400, .positions = 4};
    char *two[] = {(char *)files_text("a", ""), (char *)files_text("b", ""), NULL};
    struct examples set = {.language = &language, .config = &config};
    struct err err;

    CHECK_TEXT(wrong(&(struct examples){0}, ""), "set.jsonl: there are no pairs");
    CHECK_TEXT(wrong(&(struct examples){.rules.max_length = 2}, PAIR("12", "3", "4")),
               "set.jsonl: nothing is left of 1 pairs: all prompts fill --max-length");
    CHECK_TEXT(wrong(&(struct examples){0}, PAIR("1", "2", "3") PAIR("", "", "3")),
               "set.jsonl:2: 'chosen' has no token that could be scored");
    CHECK_TEXT(wrong(&(struct examples){0}, PAIR("1", "2", "3") "{\"prompt\":\"1\"}"),
               "set.jsonl:2: 'chosen' is missing");
    CHECK_TEXT(wrong(&(struct examples){.config = &small}, PAIR("1", "2", "3")),
               "set.jsonl:1: token 495 is beyond the model's vocabulary of 400");
    small.vocabulary = 512;
    CHECK_TEXT(wrong(&(struct examples){.config = &small}, PAIR("1", "234", "3")),
               "set.jsonl:1: a text has 5 tokens, and the model was made for 4");
    CHECK(!examples_read(&set, two, 1, &err));
    CHECK_TEXT(strrchr(err.text, '/') + 1, "a and the files after it: there are no pairs");
}

TEST(texts_that_cannot_be_used)
{
    struct examples only = {.kind = EXAMPLES_TEXTS, .completion_only = COMPLETION_ONLY_YES};
    struct language endless = language;

    CHECK_TEXT(wrong_text(""), "set.jsonl: there are no texts");
    CHECK_TEXT(wrong_text("{\"text\":\"\"}\n{\"text\":\"\"}\n"),
               "set.jsonl: nothing is left of 2 texts: none has a token that could be scored");
    CHECK_TEXT(wrong(&(struct examples){.kind = EXAMPLES_TEXTS, .rules.max_length = 1},
                     "{\"text\":\"\"}\n{\"text\":\"12\"}\n"),
               "set.jsonl: nothing is left of 2 texts: they are cut by --max-length, or have no "
               "token that could be scored");
    endless.eos = (struct text){NULL, 0};
    CHECK_TEXT(wrong(&(struct examples){.kind = EXAMPLES_TEXTS, .language = &endless},
                     "{\"text\":\"12\"}\n{\"text\":\"\"}\n"),
               "set.jsonl:2: the record has no token that could be scored");
    CHECK_TEXT(wrong(&(struct examples){.language = &endless}, PAIR("", "", "")),
               "set.jsonl:1: 'chosen' has no token that could be scored");
    CHECK_TEXT(wrong(&only, "{\"text\":\"1\"}"),
               "set.jsonl:1: only completions are to be scored, but the record holds 'text'");
    CHECK_TEXT(wrong_text("{\"text\":\"1\"}\n{\"prompt\":\"1\",\"completion\":\"2\"}"),
               "set.jsonl:2: the record holds 'prompt' and 'completion', but those before it "
               "'text'");
    CHECK_TEXT(wrong_text(PAIR("1", "2", "3") "{\"messages\":[" USER "]}"),
               "set.jsonl:2: the record holds 'messages', but those before it 'prompt', 'chosen' "
               "and 'rejected'");
    CHECK_TEXT(wrong_text("{\"prompt\":[{\"role\":\"user\",\"content\":\"1\"}],\"completion\":"
                          "[{\"role\":\"user\",\"content\":\"2\"}]}"),
               "set.jsonl:1: 'completion': it begins with a message of the role \"user\", not "
               "\"assistant\"");
    CHECK_TEXT(wrong_text("{\"prompt\":\"1\",\"completion\":null}"),
               "set.jsonl:1: there is no 'text', no 'messages', no 'completion' and no 'chosen'");
    CHECK_TEXT(wrong_text("[]"), "set.jsonl:1: the line holds an array, not an object");
    CHECK_TEXT(wrong_text("{\"text\":7}"), "set.jsonl:1: 'text' is a number, not a string");
    CHECK_TEXT(wrong_text("{\"messages\":\"1\"}"),
               "set.jsonl:1: 'messages' is a string, not a list of messages");
    CHECK_TEXT(wrong_text("{\"messages\":[]}"), "set.jsonl:1: 'messages': it has no messages");
    CHECK_TEXT(wrong_text("{\"messages\":[" USER "],\"system\":1}"),
               "set.jsonl:1: 'system' is a number, not a string");
    CHECK_TEXT(wrong_text("{\"completion\":\"1\"}"), "set.jsonl:1: 'prompt' is missing");
    CHECK_TEXT(wrong_text("{\"prompt\":1,\"completion\":2}"),
               "set.jsonl:1: 'prompt' is a number, not a string or a list of messages");
    CHECK_TEXT(wrong_text("{\"prompt\":\"1\",\"completion\":[" ASSISTANT "]}"),
               "set.jsonl:1: 'completion' is an array, but 'prompt' is a string");
    CHECK_TEXT(wrong_text("{\"prompt\":[" USER "],\"completion\":[1]}"),
               "set.jsonl:1: 'completion': a message is a number, not an object");
    CHECK_TEXT(wrong_text("{\"prompt\":[],\"completion\":[]}"),
               "set.jsonl:1: 'prompt': it has no messages");
    CHECK_TEXT(wrong_text("{\"prompt\":\"1\",\"chosen\":\"2\"}"),
               "set.jsonl:1: 'rejected' is missing");
    CHECK_TEXT(wrong_text("{\"text\":\"1"),
               "set.jsonl:1: the file ends in the middle of a line: not JSON at column 11: the "
               "text ends inside a string");
}

int main(void)
{
    struct err err;

    if (!language_load(&language, "tests/golden/numeric/models/llama", "auto", &err)) return 1;
    RUN(what_becomes_of_pairs_is_counted);
    RUN(a_text_of_each_kind);
    RUN(a_system_text_stands_before_messages);
    RUN(a_digest_tells_sets_apart);
    RUN(curricula_begin_with_the_largest_gap);
    RUN(examples_know_where_they_stand);
    RUN(pairs_that_cannot_be_used);
    RUN(texts_that_cannot_be_used);
    language_release(&language);
    return check_end();
}

/* The Arabic data: well-formed labels in three kinds of Arabic, and annotators who agree, or do
 * not, as their README says. */
#include "unit/dataset.h"

#include "check.h"

#include <stdint.h>
#include <stdlib.h>

enum { EXPERTS = 4, ITEMS = 256 };

static json_t *pairs, *nested, *questions;

/* A prompt with its two answers in a fixed order, and who preferred which of them. */
static struct item {
    const char *prompt, *first, *second;
    int label[EXPERTS]; /* 1 for the first answer, 0 for the second, -1 for no label */
} items[ITEMS];
static size_t item_count;

static struct item *item_of(const char *prompt, const char *first, const char *second)
{
    struct item *item = items;

    while (item < items + item_count && strcmp(item->prompt, prompt) != 0) item++;
    if (item == items + ITEMS) return NULL;
    if (item == items + item_count) {
        *item = (struct item){prompt, first, second, {-1, -1, -1, -1}};
        item_count++;
    }
    /* One prompt has one pair of answers, whoever labels it. */
    if (strcmp(item->first, first) != 0 || strcmp(item->second, second) != 0) return NULL;
    return item;
}

static int expert_of(const json_t *pair)
{
    const char *name = dataset_text(pair, "annotator_id");

    if (strncmp(name, "expert_", 7) != 0 || strlen(name) != 8) return -1;
    return name[7] >= '1' && name[7] < '1' + EXPERTS ? name[7] - '1' : -1;
}

static bool add_label(const json_t *pair)
{
    const char *chosen = dataset_text(pair, "chosen"), *rejected = dataset_text(pair, "rejected");
    bool first = strcmp(chosen, rejected) < 0;
    struct item *item =
        item_of(dataset_text(pair, "prompt"), first ? chosen : rejected, first ? rejected : chosen);
    int expert = expert_of(pair);

    if (!item || expert < 0 || item->label[expert] >= 0) return false;
    item->label[expert] = first;
    return true;
}

/* Cohen's kappa of two annotators over the items that both have labelled: how far their agreement
 * goes beyond what two people with their habits would reach by chance. */
static double kappa(int a, int b, size_t *shared)
{
    double n = 0, same = 0, a_first = 0, b_first = 0, chance;

    for (const struct item *item = items; item < items + item_count; item++) {
        if (item->label[a] < 0 || item->label[b] < 0) continue;
        n++;
        same += item->label[a] == item->label[b];
        a_first += item->label[a];
        b_first += item->label[b];
    }
    *shared = (size_t)n;
    chance = (a_first * b_first + (n - a_first) * (n - b_first)) / (n * n);
    return (same / n - chance) / (1 - chance);
}

/* Decodes one code point; jansson has let nothing pass that is not UTF-8. */
static uint32_t next_letter(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;
    uint32_t letter = more ? *at & (0x3fu >> more) : *at;

    for (at++; more > 0; more--) letter = letter << 6 | (*at++ & 0x3f);
    *text = (const char *)at;
    return letter;
}

static bool is_latin(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The base letters; vowel signs and the lengthening stroke do not count. */
static bool is_arabic(uint32_t c)
{
    return (c >= 0x621 && c <= 0x63a) || (c >= 0x641 && c <= 0x64a) || (c >= 0x671 && c <= 0x6d3);
}

/* In NFC no letter with madda or hamza is written in two parts. */
static bool is_part(uint32_t c)
{
    return c >= 0x653 && c <= 0x655;
}

static bool is_vowel_sign(uint32_t c)
{
    return c >= 0x64b && c <= 0x652;
}

static bool is_digit(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 0x660 && c <= 0x669);
}

static size_t count(const char *text, bool (*is)(uint32_t))
{
    size_t found = 0;

    while (*text) found += is(next_letter(&text));
    return found;
}

static size_t count_in_record(const json_t *record, bool (*is)(uint32_t))
{
    return count(dataset_text(record, "prompt"), is) + count(dataset_text(record, "chosen"), is) +
           count(dataset_text(record, "rejected"), is);
}

static size_t records_with(const json_t *records, bool (*is)(uint32_t))
{
    size_t i, found = 0;
    json_t *record;

    json_array_foreach(records, i, record) found += count_in_record(record, is) > 0;
    return found;
}

static double dialect_share(const json_t *records, const char *dialect)
{
    size_t i, found = 0;
    json_t *record;

    json_array_foreach(records, i, record) found +=
        strcmp(dataset_text(record, "dialect"), dialect) == 0;
    return (double)found / (double)json_array_size(records);
}

static void check_records(const json_t *records, json_t *ids)
{
    static const char *const members[] = {"id",           "prompt",  "chosen", "rejected",
                                          "annotator_id", "dialect", "topic",  NULL};
    size_t i;
    json_t *record;

    json_array_foreach(records, i, record)
    {
        double chosen = json_number_value(json_object_get(record, "chosen_score"));
        double rejected = json_number_value(json_object_get(record, "rejected_score"));
        size_t arabic = count_in_record(record, is_arabic);

        CHECK(dataset_has_texts(record, members));
        CHECK(!json_object_get(ids, dataset_text(record, "id")));
        json_object_set_new(ids, dataset_text(record, "id"), json_true());
        CHECK(expert_of(record) >= 0);
        CHECK(chosen <= 10 && chosen > rejected && rejected > 0);
        CHECK(arabic > count_in_record(record, is_latin));
        CHECK_INT(count_in_record(record, is_part), 0);
    }
}

TEST(records_are_complete_and_arabic)
{
    json_t *ids = json_object();

    CHECK(json_array_size(pairs) >= 210);
    check_records(pairs, ids);
    check_records(json_object_get(nested, "train"), ids);
    check_records(json_object_get(nested, "validation"), ids);
    json_decref(ids);
}

TEST(dialects_are_balanced)
{
    double standard = dialect_share(pairs, "msa");
    double egyptian = dialect_share(pairs, "egy"), gulf = dialect_share(pairs, "glf");

    CHECK(standard > 0.4 && standard < 0.6);
    CHECK(egyptian > 0.15 && gulf > 0.15);
    CHECK_NEAR(standard + egyptian + gulf, 1, 1e-9);
}

TEST(texts_have_what_trips_a_tokenizer)
{
    CHECK(records_with(pairs, is_vowel_sign) >= 10);
    CHECK(records_with(pairs, is_digit) >= 10);
    CHECK(records_with(pairs, is_latin) >= 10);
}

TEST(the_longer_answer_is_no_guide)
{
    double share = dataset_longer_share(pairs);

    CHECK(share >= 0.45 && share <= 0.65);
    share = dataset_longer_share(json_object_get(nested, "train"));
    CHECK(share >= 0.45 && share <= 0.65);
}

TEST(labels_are_of_shared_items)
{
    size_t i, by_several = 0, by_careless = 0;
    json_t *pair;

    json_array_foreach(pairs, i, pair)
    {
        check_claim(add_label(pair), __FILE__, __LINE__, "%s: labelled twice, or other answers",
                    dataset_text(pair, "id"));
    }
    for (const struct item *item = items; item < items + item_count; item++) {
        int labels = (item->label[0] >= 0) + (item->label[1] >= 0) + (item->label[2] >= 0);
        by_several += labels >= 2;
        by_careless += labels >= 2 && item->label[3] >= 0;
    }
    CHECK(item_count >= 120);
    CHECK(by_several >= 40);
    CHECK(by_careless >= 20);
}

TEST(three_annotators_agree_and_one_does_not)
{
    double sum = 0;
    size_t shared;

    for (int a = 0; a < 3; a++) {
        for (int b = a + 1; b < 3; b++) {
            double k = kappa(a, b, &shared);
            CHECK(shared >= 30 && k > 0.7 && k < 1);
            sum += k;
        }
        CHECK(kappa(a, 3, &shared) < 0.3 && shared >= 20);
    }
    CHECK(sum / 3 > 0.75);
}

/* The prompts of a part of the split file are new: neither in the pairs nor met before. */
static void check_new_prompts(const json_t *records, json_t *seen)
{
    size_t i;
    json_t *record;

    json_array_foreach(records, i, record)
    {
        const char *prompt = dataset_text(record, "prompt");
        CHECK(!json_object_get(seen, prompt));
        json_object_set_new(seen, prompt, json_true());
    }
}

TEST(the_split_file_has_its_own_prompts)
{
    json_t *seen = json_object();

    for (size_t i = 0; i < item_count; i++) json_object_set_new(seen, items[i].prompt, json_true());
    CHECK_INT(json_object_size(nested), 2);
    CHECK_INT(json_array_size(json_object_get(nested, "train")), 60);
    CHECK_INT(json_array_size(json_object_get(nested, "validation")), 15);
    check_new_prompts(json_object_get(nested, "train"), seen);
    check_new_prompts(json_object_get(nested, "validation"), seen);
    json_decref(seen);
}

static void check_options(const json_t *options)
{
    CHECK_INT(json_array_size(options), 4);
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        CHECK(option && *option);
        for (size_t j = 0; j < i; j++)
            CHECK(!json_equal(json_array_get(options, i), json_array_get(options, j)));
    }
}

TEST(questions_have_one_answer_of_four)
{
    static const char *const members[] = {"question", "explanation", NULL};
    int right[4] = {0};
    size_t i;
    json_t *question;

    CHECK(json_array_size(questions) >= 12);
    json_array_foreach(questions, i, question)
    {
        const json_t *answer = json_object_get(question, "answer");
        json_int_t at = json_integer_value(answer);

        CHECK(dataset_has_texts(question, members));
        check_options(json_object_get(question, "options"));
        if (CHECK(json_is_integer(answer) && at >= 0 && at < 4)) right[at]++;
    }
    for (i = 0; i < 4; i++) CHECK(right[i] >= 2);
}

int main(void)
{
    pairs = dataset_lines("data/arabic/pairs.jsonl");
    nested = dataset_document("data/arabic/nested.json");
    questions = dataset_document("data/arabic/questions.json");
    RUN(records_are_complete_and_arabic);
    RUN(dialects_are_balanced);
    RUN(texts_have_what_trips_a_tokenizer);
    RUN(the_longer_answer_is_no_guide);
    RUN(labels_are_of_shared_items); /* reads the labels for the tests below */
    RUN(three_annotators_agree_and_one_does_not);
    RUN(the_split_file_has_its_own_prompts);
    RUN(questions_have_one_answer_of_four);
    json_decref(pairs);
    json_decref(nested);
    json_decref(questions);
    return check_end();
}

/* Splitting files of pairs: hash sides that never move, groups that are never torn, strata. */
#include "split/split.h"

#include "check.h"
#include "unit/files.h"

#include <math.h>
#include <stdlib.h>

static const struct split defaults = {
    .ratios = {70, 15, 15}, .seed = 42, .group = "prompt", .method = SPLIT_HASH};

/* Writes count pairs, record i with prompt i / each, topic i % 5, a pad of changing length. */
static const char *make_pairs(const char *name, size_t begin, size_t count, size_t each)
{
    struct buffer text = {0};
    const char *path;

    for (size_t i = begin; i < begin + count; i++)
        buffer_format(&text,
                      "{\"prompt\":\"p%zu\",\"chosen\":\"c%zu\",\"rejected\":\"r\",\"topic\":%zu,"
                      "\"m\":{\"g\":\"g%zu\"}}\n",
                      i / each, i, i % 5 + 8, i % 11);
    path = files_write(name, text.at, text.len);
    buffer_release(&text);
    return path;
}

/* The parts' texts, which are the caller's, or "" and err. */
static bool run(struct split *split, const char *path, size_t threads, char *texts[3],
                struct err *err)
{
    char *paths[] = {(char *)path, NULL};
    bool good = true;

    for (int i = 0; i < SPLIT_PARTS; i++)
        good = good && outfile_open(&split->parts[i].file, files_path(split_names[i]), err);
    good = good && split_run(split, paths, threads, err);
    for (int i = 0; i < SPLIT_PARTS; i++) {
        bool whole = good && CHECK(outfile_commit(&split->parts[i].file, err));

        if (!whole) outfile_abandon(&split->parts[i].file);
        texts[i] = whole ? files_read(files_path(split_names[i]), NULL) : mem_copy_text("");
    }
    split_release(split);
    return good;
}

static void free_texts(char *texts[3])
{
    for (int i = 0; i < SPLIT_PARTS; i++) mem_free(texts[i]);
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text; text++) lines += *text == '\n';
    return lines;
}

/* Is every line of a in b, in the same order? */
static bool is_within(const char *a, const char *b)
{
    size_t len;

    for (; *a; a += len) {
        len = strcspn(a, "\n") + 1;
        while (*b && strncmp(a, b, len) != 0) b += strcspn(b, "\n") + 1;
        if (!*b) return false;
    }
    return true;
}

TEST(sizes_are_near_the_shares)
{
    const size_t count = 10000;
    const char *path = make_pairs("pairs", 0, count, 1);
    const double shares[] = {0.7, 0.15, 0.15};
    struct split split = defaults;
    char *texts[3];
    struct err err;

    CHECK(run(&split, path, 2, texts, &err));
    for (int i = 0; i < 3; i++) {
        CHECK_INT(count_lines(texts[i]), split.parts[i].records);
        CHECK_NEAR((double)split.parts[i].records, shares[i] * (double)count, sqrt((double)count));
        CHECK_INT(split.parts[i].file.written, strlen(texts[i]));
    }
    CHECK_INT(split.read, count);
    CHECK_INT(split.torn, 0);
    free_texts(texts);
}

TEST(sides_never_move)
{
    struct split one = defaults, two = defaults, other = defaults;
    char *few[3], *many[3], *reseeded[3];
    struct err err;

    other.seed = 43;
    CHECK(run(&one, make_pairs("few", 100, 300, 1), 1, few, &err));
    CHECK(run(&two, make_pairs("many", 0, 2000, 1), 4, many, &err));
    CHECK(run(&other, make_pairs("few", 100, 300, 1), 4, reseeded, &err));
    for (int i = 0; i < 3; i++) CHECK(*few[i] && is_within(few[i], many[i]));
    CHECK(!is_within(few[0], reseeded[0]));
    free_texts(few);
    free_texts(many);
    free_texts(reseeded);
}

/* The first prompts of 'p0', 'p1' ... on the sides they have had since the first release. */
TEST(sides_are_known)
{
    const char *path = make_pairs("known", 0, 24, 1);
    struct split split = defaults;
    char *texts[3], sides[25] = {0};
    struct err err;

    CHECK(run(&split, path, 1, texts, &err));
    for (int i = 0; i < 24; i++) {
        char name[32];

        snprintf(name, sizeof name, "\"p%d\"", i);
        sides[i] = strstr(texts[0], name) ? 'a' : strstr(texts[1], name) ? 'v' : 'e';
    }
    CHECK_TEXT(sides, "aaaaeaaaaaaaaaaaaaaeavaa");
    free_texts(texts);
}

/* No prompt (or value of a field) may stand in two texts. */
static bool torn(char *texts[3], const char *format, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[32];
        int sides = 0;

        snprintf(name, sizeof name, format, i);
        for (int t = 0; t < 3; t++) sides += strstr(texts[t], name) != NULL;
        if (sides > 1) return true;
    }
    return false;
}

TEST(groups_stay_whole)
{
    struct split split = defaults;
    char *texts[3];
    struct err err;

    for (size_t method = SPLIT_HASH; method <= SPLIT_SKLEARN; method++) {
        split = defaults;
        split.method = method;
        CHECK(run(&split, make_pairs("groups", 0, 600, 3), 2, texts, &err));
        CHECK(!torn(texts, "\"p%zu\"", 200) && split.torn == 0);
        free_texts(texts);
        split = defaults;
        split.method = method;
        split.group = "m.g";
        CHECK(run(&split, make_pairs("groups", 0, 600, 3), 2, texts, &err));
        CHECK(!torn(texts, "\"g%zu\"", 11));
        free_texts(texts);
    }
}

TEST(torn_prompts_are_counted)
{
    struct split split = defaults;
    char *texts[3];
    struct err err;

    split.group = "none";
    CHECK(run(&split, make_pairs("torn", 0, 600, 3), 2, texts, &err));
    CHECK(torn(texts, "\"p%zu\"", 200));
    CHECK(split.torn > 50 && split.torn <= 200);
    free_texts(texts);
}

/* Recipe: 0.3 first, half of it then. */
TEST(sklearn_sizes_and_threads)
{
    struct split one = defaults, two = defaults;
    char *a[3], *b[3];
    struct err err;

    one.method = two.method = SPLIT_SKLEARN;
    one.group = two.group = "none";
    CHECK(run(&one, make_pairs("sk", 0, 368, 1), 1, a, &err));
    CHECK(run(&two, make_pairs("sk", 0, 368, 1), 4, b, &err));
    CHECK_INT(one.parts[SPLIT_TRAIN].records, 257);
    CHECK_INT(one.parts[SPLIT_VAL].records, 55);
    CHECK_INT(one.parts[SPLIT_TEST].records, 56);
    for (int i = 0; i < 3; i++) {
        CHECK_TEXT(a[i], b[i]);
        CHECK_TEXT(one.parts[i].digest, two.parts[i].digest);
    }
    free_texts(a);
    free_texts(b);
}

static size_t count_words(const char *text, const char *word)
{
    size_t count = 0;

    for (; (text = strstr(text, word)); text++) count++;
    return count;
}

TEST(strata_keep_their_shares)
{
    struct split split = defaults;
    char *texts[3];
    struct err err;

    split.method = SPLIT_SKLEARN;
    split.group = "none";
    split.stratify = "topic";
    CHECK(run(&split, make_pairs("strata", 0, 500, 1), 2, texts, &err));
    for (int topic = 8; topic < 13; topic++) {
        char word[32];

        snprintf(word, sizeof word, "\"topic\":%d,", topic);
        CHECK_INT(count_words(texts[SPLIT_TRAIN], word), 70);
        CHECK_INT(count_words(texts[SPLIT_VAL], word), 15);
        CHECK_INT(count_words(texts[SPLIT_TEST], word), 15);
    }
    free_texts(texts);
}

static void check_failure(struct split split, const char *path, const char *why)
{
    char *texts[3];
    struct err err = {""};

    CHECK(!run(&split, path, 2, texts, &err));
    check_claim(strstr(err.text, why) != NULL, __FILE__, __LINE__, "'%s' lacks '%s'", err.text,
                why);
    free_texts(texts);
}

TEST(reasons_to_fail)
{
    const char *three = make_pairs("three", 0, 3, 1);
    struct split split = defaults;

    check_failure(split, files_text("none", ""), "no records came in: nothing is written");
    split.group = "absent.x";
    check_failure(split, three, "three:1: 'absent.x' is missing");
    split = defaults;
    split.method = SPLIT_SKLEARN;
    split.stratify = "absent";
    check_failure(split, three, "three:1: 'absent' is missing");
    split.stratify = NULL;
    check_failure(split, make_pairs("one", 0, 1, 1), "too few to split");
}

TEST(ratios)
{
    static const char *const bad[] = {"",
                                      "70",
                                      "70,15",
                                      "70,15,15,0",
                                      "a,b,c",
                                      "-1,1,1",
                                      "0,1,1",
                                      "1,0,0",
                                      "70,15,",
                                      "1e400,1,1",
                                      "1 ,1,1",
                                      "nan,1,1",
                                      "1e308,1e308,1e308",
                                      "1,,1"};
    struct split split = {0};
    struct err err;

    CHECK(split_ratios(&split, "70,15,15", &err));
    CHECK(split.ratios[0] == 70 && split.ratios[1] == 15 && split.ratios[2] == 15);
    CHECK(split_ratios(&split, "0.8,0,.2", &err));
    CHECK(split.ratios[0] == 0.8 && split.ratios[1] == 0 && split.ratios[2] == 0.2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(!split_ratios(&split, bad[i], &err), __FILE__, __LINE__, "'%s'", bad[i]);
}

/* A share of nothing gets nothing. */
TEST(parts_of_no_share)
{
    struct split split = defaults;
    char *texts[3];
    struct err err;

    for (size_t method = SPLIT_HASH; method <= SPLIT_SKLEARN; method++)
        for (int none = SPLIT_VAL; none <= SPLIT_TEST; none++) {
            split = defaults;
            split.method = method;
            split.ratios[none] = 0;
            CHECK(run(&split, make_pairs("share", 0, 300, 1), 2, texts, &err));
            CHECK_INT(split.parts[none].records, 0);
            CHECK_INT(split.parts[0].records + split.parts[3 - none].records, 300);
            free_texts(texts);
        }
}

int main(void)
{
    RUN(sizes_are_near_the_shares);
    RUN(sides_never_move);
    RUN(sides_are_known);
    RUN(groups_stay_whole);
    RUN(torn_prompts_are_counted);
    RUN(sklearn_sizes_and_threads);
    RUN(strata_keep_their_shares);
    RUN(reasons_to_fail);
    RUN(ratios);
    RUN(parts_of_no_share);
    return check_end();
}

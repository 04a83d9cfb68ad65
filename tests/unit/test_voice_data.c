/* The voice data: every topic is complete, its quiz is held out, and the chosen answers differ from
 * the rejected ones in the voice, not in their length. */
#include "unit/dataset.h"

#include "check.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>

enum { TOPICS = 5, GROUPS = 3, PATTERNS = 32 };

static const char *const topic_names[TOPICS] = {"cycle-phases", "nested-cycles", "risk-first",
                                                "trend-before-opinion", "waiting-is-a-position"};
static const char *const pair_members[] = {"id",     "prompt", "chosen", "rejected",
                                           "source", "topic",  NULL};

static struct topic {
    json_t *content, *pairs, *quiz;
} topics[TOPICS];

static struct group {
    char name[16];
    double weight;
    int need;
    regex_t patterns[PATTERNS];
    size_t count;
} groups[GROUPS];

static json_t *critical;
static regex_t negatives[PATTERNS];
static size_t negative_count;

static bool compile(regex_t *pattern, const char *text)
{
    return regcomp(pattern, text, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0;
}

/* The next line of a pattern file that is neither empty nor a comment, without its end. */
static bool next_pattern(FILE *file, char *line, int room)
{
    while (fgets(line, room, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line && *line != '#') return true;
    }
    return false;
}

static struct group *group_named(const char *name)
{
    for (struct group *group = groups; group < groups + GROUPS; group++) {
        if (!*group->name) snprintf(group->name, sizeof group->name, "%s", name);
        if (strcmp(group->name, name) == 0) return group;
    }
    return NULL;
}

/* A line is: group weight need pattern. */
static bool add_marker(const char *line)
{
    char name[16];
    int used = 0, need;
    double weight;
    struct group *group;

    if (sscanf(line, "%15s %lf %d %n", name, &weight, &need, &used) != 3 || !line[used])
        return false;
    group = group_named(name);
    if (!group || group->count == PATTERNS) return false;
    if (group->count > 0 && (group->need != need || fabs(group->weight - weight) > 1e-9))
        return false;
    group->weight = weight;
    group->need = need;
    return compile(&group->patterns[group->count], line + used) && ++group->count;
}

/* The voice of one answer: by group, the share of the needed patterns that are found in it. */
static double voice(const char *answer)
{
    double score = 0;

    for (const struct group *group = groups; group < groups + GROUPS; group++) {
        int found = 0;
        for (size_t i = 0; i < group->count; i++)
            found += regexec(&group->patterns[i], answer, 0, NULL, 0) == 0;
        score += group->weight * fmin(1, (double)found / group->need);
    }
    return score;
}

static double mean_voice(const json_t *records, const char *member)
{
    double sum = 0;
    size_t i;
    json_t *record;

    json_array_foreach(records, i, record) sum += voice(dataset_text(record, member));
    return sum / (double)json_array_size(records);
}

static bool is_negative(const char *answer)
{
    for (size_t i = 0; i < negative_count; i++)
        if (regexec(&negatives[i], answer, 0, NULL, 0) == 0) return true;
    return false;
}

/* Two spellings of one question count as one: only letters and digits matter, not their case. */
static bool is_new(json_t *seen, const char *question)
{
    char key[512];
    size_t used = 0;

    for (; *question && used + 1 < sizeof key; question++)
        if (isalnum((unsigned char)*question))
            key[used++] = (char)tolower((unsigned char)*question);
    key[used] = '\0';
    if (json_object_get(seen, key)) return false;
    json_object_set_new(seen, key, json_true());
    return true;
}

static void check_new(json_t *seen, const json_t *records, const char *member)
{
    size_t i;
    json_t *record;

    json_array_foreach(records, i, record)
    {
        const char *question = dataset_text(record, member);
        check_claim(is_new(seen, question), __FILE__, __LINE__, "asked twice: %s", question);
    }
}

TEST(every_topic_has_content)
{
    static const char *const members[] = {"instruction", "output", NULL};
    size_t i;
    json_t *record;

    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        CHECK(json_array_size(topic->content) >= 25);
        json_array_foreach(topic->content, i, record)
        {
            size_t words = dataset_words(dataset_text(record, "output"));
            CHECK(dataset_has_texts(record, members));
            CHECK(json_object_get(record, "input") && !*dataset_text(record, "input"));
            CHECK(words >= 60 && words <= 200);
        }
    }
}

TEST(every_topic_has_pairs)
{
    size_t i;
    json_t *pair, *ids = json_object();

    for (int t = 0; t < TOPICS; t++) {
        const json_t *quiz = topics[t].quiz;
        char source[64];

        snprintf(source, sizeof source, "%s/%s/%s", dataset_text(quiz, "unit"),
                 dataset_text(quiz, "chapter"), dataset_text(quiz, "topic"));
        CHECK(json_array_size(topics[t].pairs) >= 30);
        json_array_foreach(topics[t].pairs, i, pair)
        {
            CHECK(dataset_has_texts(pair, pair_members));
            CHECK(is_new(ids, dataset_text(pair, "id")));
            CHECK_TEXT(dataset_text(pair, "topic"), topic_names[t]);
            CHECK_TEXT(dataset_text(pair, "source"), source);
        }
    }
    json_decref(ids);
}

/* Returns which option is the right one, 0 for A, or -1 if the question contradicts itself. */
static int right_option(const json_t *question)
{
    const char *right = dataset_text(question, "correct_option");
    size_t i;
    json_t *option;

    if (json_array_size(json_object_get(question, "options")) != 4 || strlen(right) != 1) return -1;
    json_array_foreach(json_object_get(question, "options"), i, option)
    {
        const char *text = json_string_value(option);
        if (!text || text[0] != "ABCD"[i] || strncmp(text + 1, ") ", 2) != 0) return -1;
    }
    return *right >= 'A' && *right <= 'D' ? *right - 'A' : -1;
}

static void check_question(const json_t *question, int *right)
{
    static const char *const open_members[] = {"question", "reference_answer", NULL};
    const char *type = dataset_text(question, "type");

    CHECK(*dataset_text(question, "question"));
    if (strcmp(type, "multiple_choice") == 0) {
        int option = right_option(question);
        if (CHECK(option >= 0)) right[option]++;
    } else if (strcmp(type, "true_false") == 0) {
        CHECK(json_is_boolean(json_object_get(question, "correct_answer")));
    } else {
        CHECK_TEXT(type, "open");
        CHECK(dataset_has_texts(question, open_members));
        CHECK(json_array_size(json_object_get(question, "key_concepts")) >= 2);
    }
}

TEST(every_topic_has_a_quiz)
{
    static const char *const members[] = {"level", "unit", "chapter", "topic", "title", NULL};
    size_t i;
    json_t *question;

    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        const json_t *questions = json_object_get(topic->quiz, "questions");
        int right[4] = {0};

        CHECK(dataset_has_texts(topic->quiz, members));
        CHECK_TEXT(dataset_text(topic->quiz, "level"), "topic");
        CHECK(json_array_size(questions) >= 12);
        json_array_foreach(questions, i, question) check_question(question, right);
        /* A reader who always says the same letter must not pass. */
        for (int option = 0; option < 4; option++) CHECK(right[option] >= 1 && right[option] <= 3);
    }
}

TEST(no_question_is_asked_twice)
{
    json_t *seen = json_object();

    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        check_new(seen, topic->content, "instruction");
        check_new(seen, topic->pairs, "prompt");
        check_new(seen, json_object_get(topic->quiz, "questions"), "question");
    }
    check_new(seen, critical, "prompt");
    json_decref(seen);
}

TEST(the_longer_answer_is_no_guide)
{
    double share = dataset_longer_share(critical);

    CHECK(share >= 0.45 && share <= 0.65);
    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        share = dataset_longer_share(topic->pairs);
        CHECK(share >= 0.45 && share <= 0.65);
    }
}

TEST(patterns_compile)
{
    FILE *markers = fopen("data/voice/markers.txt", "r");
    FILE *negative = fopen("data/voice/negative.txt", "r");
    double weights = 0;
    char line[512];

    CHECK(markers && negative);
    while (markers && next_pattern(markers, line, sizeof line))
        check_claim(add_marker(line), __FILE__, __LINE__, "marker: %s", line);
    while (negative && negative_count < PATTERNS && next_pattern(negative, line, sizeof line))
        if (CHECK(compile(&negatives[negative_count], line))) negative_count++;
    if (markers) fclose(markers);
    if (negative) fclose(negative);
    for (const struct group *group = groups; group < groups + GROUPS; group++) {
        CHECK((size_t)group->need <= group->count && group->need == 3);
        weights += group->weight;
    }
    CHECK_NEAR(weights, 1, 1e-9);
    CHECK(negative_count >= 10 && negative_count < PATTERNS);
}

TEST(the_chosen_answers_have_the_voice)
{
    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        double chosen = mean_voice(topic->pairs, "chosen");

        CHECK(chosen - mean_voice(topic->pairs, "rejected") > 0.2);
        CHECK(mean_voice(topic->content, "output") > 0.6);
    }
    CHECK(mean_voice(critical, "chosen") - mean_voice(critical, "rejected") > 0.2);
}

TEST(no_good_answer_is_negative)
{
    size_t i;
    json_t *record;

    CHECK(is_negative("Profits are GUARANTEED."));
    for (const struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        json_array_foreach(topic->content, i, record)
        {
            CHECK(!is_negative(dataset_text(record, "output")));
        }
        json_array_foreach(topic->pairs, i, record)
        {
            CHECK(!is_negative(dataset_text(record, "chosen")));
        }
    }
}

TEST(the_critical_distinction_is_drawn)
{
    size_t i;
    json_t *pair;

    CHECK_INT(json_array_size(critical), 10);
    json_array_foreach(critical, i, pair)
    {
        CHECK(dataset_has_texts(pair, pair_members));
        CHECK(!is_negative(dataset_text(pair, "chosen")));
        CHECK(is_negative(dataset_text(pair, "rejected")));
    }
}

static json_t *load(json_t *(*read)(const char *), const char *topic, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "data/voice/%s/%s", topic, name);
    return read(path);
}

static void release(void)
{
    for (struct topic *topic = topics; topic < topics + TOPICS; topic++) {
        json_decref(topic->content);
        json_decref(topic->pairs);
        json_decref(topic->quiz);
    }
    json_decref(critical);
    for (struct group *group = groups; group < groups + GROUPS; group++)
        while (group->count > 0) regfree(&group->patterns[--group->count]);
    while (negative_count > 0) regfree(&negatives[--negative_count]);
}

int main(void)
{
    for (int t = 0; t < TOPICS; t++) {
        topics[t].content = load(dataset_lines, topic_names[t], "content.jsonl");
        topics[t].pairs = load(dataset_lines, topic_names[t], "pairs.jsonl");
        topics[t].quiz = load(dataset_document, topic_names[t], "quiz.json");
    }
    critical = dataset_lines("data/voice/critical.jsonl");
    RUN(every_topic_has_content);
    RUN(every_topic_has_pairs);
    RUN(every_topic_has_a_quiz);
    RUN(no_question_is_asked_twice);
    RUN(the_longer_answer_is_no_guide);
    RUN(patterns_compile); /* reads them for the tests below */
    RUN(the_chosen_answers_have_the_voice);
    RUN(no_good_answer_is_negative);
    RUN(the_critical_distinction_is_drawn);
    release();
    return check_end();
}

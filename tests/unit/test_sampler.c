/* Probabilities as transformers has them, and draws from these. */
#include "generate/sampler.h"

#include "check.h"
#include "core/memory.h"
#include "unit/dataset.h"

#include <stdlib.h>

static const struct sampling plain = {1, 0, 1, 0, 1, 0};

static const char *golden(const char *name)
{
    static char path[1024];
    const char *root = getenv("SRC");

    snprintf(path, sizeof path, "%s/tests/golden/generate/%s", root ? root : ".", name);
    return path;
}

static double option(const json_t *row, const char *name, double value)
{
    const json_t *found = json_object_get(json_object_get(row, "options"), name);

    return found ? json_number_value(found) : value;
}

static void check_row(const json_t *row, const json_t *vectors)
{
    const json_t *vector = json_object_get(vectors, dataset_text(row, "vector"));
    const json_t *list = json_object_get(vector, "logits"), *ids;
    const json_t *want = json_object_get(row, "probs");
    const struct sampling sampling = {option(row, "temperature", 1),
                                      (size_t)option(row, "top_k", 0),
                                      option(row, "top_p", 1),
                                      option(row, "min_p", 0),
                                      option(row, "repetition_penalty", 1),
                                      0};
    struct sampler sampler;
    float logits[100];
    uint32_t past[10];
    double got[100];
    const size_t count = json_array_size(list);

    for (size_t i = 0; i < count; i++)
        logits[i] = (float)json_number_value(json_array_get(list, i));
    ids = json_object_get(vector, "previous_ids");
    for (size_t i = 0; i < json_array_size(ids); i++)
        past[i] = (uint32_t)json_integer_value(json_array_get(ids, i));
    sampler_init(&sampler, &sampling, count);
    sampler_probabilities(&sampler, logits, (struct sampler_past){past, json_array_size(ids)}, got);
    for (size_t i = 0; i < count; i++) {
        const double wanted = json_number_value(json_array_get(want, i));

        check_claim(fabs(got[i] - wanted) <= 1e-6 && (got[i] == 0) == (wanted == 0), __FILE__,
                    __LINE__, "%s, %s: probability %zu is %.9g, not %.9g",
                    dataset_text(row, "vector"), dataset_text(row, "case"), i, got[i], wanted);
    }
    sampler_release(&sampler);
}

TEST(probabilities_of_transformers)
{
    json_t *vectors = dataset_document(golden("vectors.json"));
    json_t *rows = dataset_lines(golden("processed.jsonl")), *row;
    size_t i;

    CHECK_INT(json_array_size(rows), 55);
    json_array_foreach(rows, i, row) check_row(row, vectors);
    json_decref(vectors);
    json_decref(rows);
}

/* The next of a fixed run of numbers in -8..8, of which many are equal. */
static float noise(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return (float)(*state >> 20) / 256 - 8;
}

struct ranked {
    float logit;
    size_t id;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;

    if (left->logit != right->logit) return left->logit < right->logit ? 1 : -1;
    return left->id < right->id ? 1 : -1;
}

enum { MANY = 20000 };

/* Which tokens are left, found by sorting all. */
static void sort_and_cut(const float *logits, size_t k, double p, bool *kept)
{
    static struct ranked ranked[MANY];
    double sum = 0, above = 0;
    size_t count = MANY;

    for (size_t i = 0; i < MANY; i++) ranked[i] = (struct ranked){logits[i], i};
    qsort(ranked, MANY, sizeof *ranked, by_rank);
    while (k > 0 && count > k && ranked[count - 1].logit < ranked[k - 1].logit) count--;
    for (size_t i = 0; i < count; i++) sum += (double)expf(ranked[i].logit - ranked[0].logit);
    memset(kept, 0, MANY);
    for (size_t i = 0; i < count && above < p * sum; i++) {
        kept[ranked[i].id] = true;
        above += (double)expf(ranked[i].logit - ranked[0].logit);
    }
}

TEST(selection_is_what_sorting_gives)
{
    static const struct sampling cases[] = {
        {1, 40, 1, 0, 1, 0},  {1, 0, 0.9, 0, 1, 0},   {1, 1000, 0.37, 0, 1, 0},
        {1, 1, 1, 0, 1, 0},   {1, 0, 0.001, 0, 1, 0}, {1, 19999, 0.9999, 0, 1, 0},
        {1, 7, 0.5, 0, 1, 0},
    };
    static float logits[MANY];
    static double got[MANY];
    static bool kept[MANY];
    uint32_t state = 1;

    for (size_t i = 0; i < MANY; i++) logits[i] = noise(&state);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct sampler sampler;
        size_t wrong = 0;

        sampler_init(&sampler, &cases[c], MANY);
        sampler_probabilities(&sampler, logits, (struct sampler_past){NULL, 0}, got);
        sort_and_cut(logits, cases[c].top_k, cases[c].top_p, kept);
        for (size_t i = 0; i < MANY; i++) wrong += (got[i] > 0) != kept[i];
        CHECK_INT(wrong, 0);
        sampler_release(&sampler);
    }
}

static uint32_t next(const struct sampling *sampling, const float *logits, size_t count,
                     struct sampler_past past, uint64_t sequence, uint64_t position)
{
    struct sampler sampler;
    uint32_t id;

    sampler_init(&sampler, sampling, count);
    id = sampler_next(&sampler, logits, past, sequence, position);
    sampler_release(&sampler);
    return id;
}

TEST(the_largest_is_the_first_of_equal_ones)
{
    const float logits[] = {-1, 3, 3, NAN, 2}, none[] = {NAN, NAN}, low[] = {-INFINITY, -5};
    const struct sampling greedy = {0, 0, 1, 0, 1, 0}, shy = {0, 0, 1, 0, 2, 0};
    const struct sampler_past nothing = {NULL, 0};
    const uint32_t ids[] = {1, 2, 1, 9};

    CHECK_INT(next(&greedy, logits, 5, nothing, 0, 0), 1);
    CHECK_INT(next(&shy, logits, 5, (struct sampler_past){ids, 4}, 0, 0), 4);
    CHECK_INT(next(&shy, logits, 5, (struct sampler_past){ids, 1}, 0, 0), 2);
    CHECK_INT(next(&greedy, none, 2, nothing, 0, 0), 0);
    CHECK_INT(next(&greedy, low, 2, nothing, 0, 0), 1);
}

TEST(broken_logits_are_drawn_from)
{
    const float none[] = {NAN, -INFINITY, NAN}, top[] = {1, INFINITY, 2}, hole[] = {NAN, 1, NAN};
    const struct sampling all = {0.5, 2, 0.9, 0.1, 1.5, 3};
    const struct sampler_past nothing = {NULL, 0};

    for (uint64_t i = 0; i < 20; i++) {
        CHECK(next(&all, none, 3, nothing, 0, i) < 3);
        CHECK_INT(next(&all, top, 3, nothing, 0, i), 1);
        CHECK_INT(next(&plain, hole, 3, nothing, 0, i), 1);
    }
}

/* However cold it is, the scores stay numbers. */
TEST(the_coldest_draws_are_greedy)
{
    static const double temperatures[] = {1e-20, 1e-37, 1e-39, 1e-46, 1e-300};
    const float high[] = {4, 11, 10.9F, -11}, low[] = {-9, -8, -INFINITY, -8.1F};
    const struct sampler_past nothing = {NULL, 0};
    double got[4];

    for (size_t i = 0; i < sizeof temperatures / sizeof *temperatures; i++) {
        const struct sampling cold = {temperatures[i], 3, 0.9, 0.1, 1, 3};
        struct sampler sampler;

        for (uint64_t n = 0; n < 20; n++) {
            CHECK_INT(next(&cold, high, 4, nothing, n, 0), 1);
            CHECK_INT(next(&cold, low, 4, nothing, n, 0), 1);
        }
        sampler_init(&sampler, &cold, 4);
        sampler_probabilities(&sampler, low, nothing, got);
        CHECK(got[0] == 0 && got[1] == 1 && got[2] == 0 && got[3] == 0);
        sampler_release(&sampler);
    }
}

TEST(draws_have_their_shares)
{
    const float logits[] = {0, 0.6931472F, -INFINITY, 1.0986123F}; /* 1 : 2 : 0 : 3 */
    struct sampler sampler;
    size_t counts[4] = {0};

    sampler_init(&sampler, &plain, 4);
    for (uint64_t sequence = 0; sequence < 60; sequence++)
        for (uint64_t position = 0; position < 1000; position++)
            counts[sampler_next(&sampler, logits, (struct sampler_past){NULL, 0}, sequence,
                                position)]++;
    CHECK_NEAR((double)counts[0], 10000, 450);
    CHECK_NEAR((double)counts[1], 20000, 600);
    CHECK_INT(counts[2], 0);
    CHECK_NEAR((double)counts[3], 30000, 600);
    sampler_release(&sampler);
}

static void draw_text(struct sampler *sampler, const float *logits, uint64_t sequence,
                      uint32_t *out)
{
    for (size_t i = 0; i < 50; i++)
        out[i] = sampler_next(sampler, logits, (struct sampler_past){out, i}, sequence, i);
}

/* Whatever was drawn before, a sequence has its text; other seeds and numbers give others. */
TEST(a_text_depends_on_itself)
{
    struct sampling sampling = {1, 0, 0.95, 0, 1.1, 7};
    struct sampler sampler;
    float logits[64];
    uint32_t a[50], b[50], c[50], state = 3;

    for (size_t i = 0; i < 64; i++) logits[i] = noise(&state) / 8;
    sampler_init(&sampler, &sampling, 64);
    draw_text(&sampler, logits, 5, a);
    draw_text(&sampler, logits, 6, b);
    draw_text(&sampler, logits, 5, c);
    CHECK(memcmp(a, c, sizeof a) == 0 && memcmp(a, b, sizeof a) != 0);
    sampler_release(&sampler);
    sampling.seed = 8;
    sampler_init(&sampler, &sampling, 64);
    draw_text(&sampler, logits, 5, b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    sampler_release(&sampler);
}

int main(void)
{
    RUN(probabilities_of_transformers);
    RUN(selection_is_what_sorting_gives);
    RUN(the_largest_is_the_first_of_equal_ones);
    RUN(broken_logits_are_drawn_from);
    RUN(the_coldest_draws_are_greedy);
    RUN(draws_have_their_shares);
    RUN(a_text_depends_on_itself);
    return check_end();
}

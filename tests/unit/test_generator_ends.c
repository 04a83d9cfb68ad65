#include "check.h"
#include "generate/generator.h"
#include "numeric.h"

#include <math.h>
#include <string.h>

enum { MADE = 64, REQUESTS = 2 };

static struct err err;

/* What came out for each request. */
struct texts {
    uint32_t ids[REQUESTS][MADE];
    size_t counts[REQUESTS];
};

static bool take(void *context, size_t request, uint32_t id)
{
    struct texts *texts = context;

    texts->ids[request][texts->counts[request]++] = id;
    return true;
}

/* Whichever of its ends comes first ends a text, after it was taken. */
TEST(every_end_ends_a_text)
{
    struct generator_options options = {
        .beside = 1, .prefill = 8, .sampling = {.top_p = 1, .repetition_penalty = 1}};
    const uint32_t prompt[] = {5, 6, 7};
    const struct request request = {prompt, 3, 20, 0};
    struct numeric numeric;
    struct texts whole = {0}, texts;

    if (!CHECK(numeric_open(&numeric, "qwen2", PRECISION_F32, 1, false))) return;
    for (size_t at = 0; at < 12; at++) {
        const struct ends ends = {{511, whole.ids[0][at]}, 2};
        struct generator *generator;
        size_t first = 0;

        options.ends = at > 0 ? &ends : NULL;
        generator = generator_new(&numeric.decoder, &options, 3);
        texts = (struct texts){0};
        CHECK_INT(generator_run(generator, &request, 1, take, &texts, &err), 1);
        generator_free(generator);
        if (at == 0) whole = texts;
        while (whole.ids[0][first] != whole.ids[0][at]) first++;
        CHECK_INT(texts.counts[0], at > 0 ? first + 1 : 20);
        CHECK(memcmp(texts.ids, whole.ids, texts.counts[0] * sizeof **texts.ids) == 0);
    }
    numeric_close(&numeric);
}

/* Of a model with one number that is none nobody gets a token, and nothing is kept. */
TEST(what_is_no_number_is_told)
{
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    const uint32_t ids[] = {5, 6, 7, 8};
    const struct request requests[] = {{ids, 4, 9, 0}, {ids, 3, 9, 1}};
    struct past past = {0};
    struct numeric numeric;

    if (!CHECK(numeric_open(&numeric, "qwen2", PRECISION_F32, 2, false))) return;
    for (size_t i = 0; i < 6; i++) {
        const struct generator_options options = {
            .beside = 1 + i % 2,
            .prefill = 8,
            .sampling = {.temperature = i < 3 ? 0 : 1, .top_p = 1, .repetition_penalty = 1},
            .past = i % 2 ? NULL : &past};
        struct generator *generator = generator_new(&numeric.decoder, &options, 4);
        float *norm = (float *)numeric.decoder.layers[1].vector[WEIGHT_FEED_NORM], right = norm[3];
        struct texts texts = {0};

        norm[3] = wrong[i % 3];
        CHECK_INT(generator_run(generator, requests, 2, take, &texts, &err), -1);
        CHECK_TEXT(err.text, "the model makes NaN or infinity of token 4 of a text");
        CHECK(texts.counts[0] == 0 && texts.counts[1] == 0);
        CHECK(i % 2 || past.cache.positions == 0);
        norm[3] = right;
        CHECK_INT(generator_run(generator, requests, 2, take, &texts, &err), 1);
        CHECK_INT(texts.counts[0], 9);
        generator_free(generator);
    }
    past_release(&past);
    numeric_close(&numeric);
}

int main(void)
{
    RUN(every_end_ends_a_text);
    RUN(what_is_no_number_is_told);
    return check_end();
}

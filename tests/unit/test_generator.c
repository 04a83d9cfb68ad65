#include "check.h"
#include "generate/generator.h"
#include "generate/generator_state.h"
#include "golden.h"
#include "numeric.h"

#include <stdlib.h>

enum { PROMPT = 64, MADE = 64, REQUESTS = 12 };

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

static size_t read_ids(struct text list, uint32_t *out, size_t room)
{
    char text[4096];
    char *at = text + 1;
    size_t count = 0;

    snprintf(text, sizeof text, "%.*s", (int)list.len, list.at);
    while (count < room && *at && *at != ']') {
        out[count++] = (uint32_t)strtoul(at, &at, 10);
        while (*at == ',' || *at == ' ') at++;
    }
    return count;
}

static double number_of(const struct scan *scan, const char *name)
{
    struct text text = golden_span(scan, name);
    char copy[64];

    snprintf(copy, sizeof copy, "%.*s", (int)text.len, text.at ? text.at : "");
    return strtod(copy, NULL);
}

static void run(struct numeric *numeric, struct generator_options options,
                const struct request *requests, size_t count, struct texts *texts)
{
    struct ends ends;
    size_t longest = 130;
    struct generator *generator;

    ends_init(&ends, &numeric->model.config, CONFIG_NO_ID);
    options.ends = &ends;

    for (size_t i = 0; i < count; i++)
        if (requests[i].count > longest) longest = requests[i].count;
    generator = generator_new(&numeric->decoder, &options, longest);

    *texts = (struct texts){0};
    CHECK_INT(generator_run(generator, requests, count, take, texts, &err), 1);
    generator_free(generator);
}

static void check_greedy(const struct scan *scan, const char *model)
{
    struct generator_options options = {
        .beside = 2, .prefill = 32, .sampling = {.top_p = 1, .repetition_penalty = 1}};
    uint32_t prompt[PROMPT], want[MADE];
    const size_t count = read_ids(golden_span(scan, "prompt_ids"), prompt, PROMPT);
    const size_t wanted = read_ids(golden_span(scan, "ids"), want, MADE);
    const size_t most = (size_t)number_of(scan, "max_new_tokens");
    const struct request requests[] = {{prompt, count, most, 0}, {prompt, count - 7, 9, 1},
                                       {prompt + 3, 5, 20, 2},   {prompt, count, most, 3},
                                       {prompt, 1, 3, 4},        {prompt, count, most, 5}};
    struct numeric numeric;
    struct texts texts;

    options.sampling.repetition_penalty = number_of(scan, "repetition_penalty");
    if (!CHECK(numeric_open(&numeric, model, PRECISION_F32, 2, false))) return;
    run(&numeric, options, requests, 6, &texts);
    for (size_t i = 0; i < 6; i++) {
        if (i != 0 && i != 3 && i != 5) continue;
        CHECK_INT(texts.counts[i], wanted);
        CHECK(memcmp(texts.ids[i], want, wanted * sizeof *want) == 0);
    }
    CHECK_INT(texts.counts[4], 3);
    numeric_close(&numeric);
}

TEST(greedy_texts_are_those_of_transformers)
{
    struct buffer text = {0}, name = {0};
    const char *at;
    struct scan scan = {0};
    size_t cases = 0;

    if (!CHECK(golden_read("generate/greedy.jsonl", &text))) return;
    at = text.at;
    while (golden_line(&at, text.at + text.len, &scan)) {
        struct text model = golden_string(&scan, "model", &name);
        char copy[64];

        snprintf(copy, sizeof copy, "%.*s", (int)model.len, model.at);
        if (!CHECK_SLOW || cases % 5 == 0) check_greedy(&scan, copy);
        cases++;
    }
    CHECK_INT(cases, 28);
    scan_release(&scan);
    buffer_release(&text);
    buffer_release(&name);
}

/* Prompts of one token and of several pages, some of them the same, and more than there are places.
 */
static size_t make_requests(struct request *requests, uint32_t ids[PROMPT * 4])
{
    const size_t lengths[] = {1, 2, 63, 64, 65, 130, 130, 130, 17, 2};

    for (size_t i = 0; i < PROMPT * 4; i++) ids[i] = (uint32_t)(i * 7919 % 480);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        requests[i] = (struct request){.ids = ids + (i == 8 ? 50 : 0),
                                       .count = lengths[i],
                                       .most = i == 3 ? 1 : 20 + i,
                                       .number = 100 + i};
    return sizeof lengths / sizeof *lengths;
}

TEST(company_changes_no_text)
{
    for (enum precision precision = PRECISION_F32; precision <= PRECISION_BF16; precision++)
        for (int adapted = 0; adapted < 2; adapted++) {
            struct generator_options options = {
                .beside = 1,
                .prefill = 64,
                .adapted = adapted,
                .sampling = {.temperature = 1, .top_p = 0.95, .repetition_penalty = 1, .seed = 7}};
            struct request requests[REQUESTS];
            uint32_t ids[PROMPT * 4];
            const size_t count = make_requests(requests, ids);
            struct texts alone, together;
            struct numeric numeric;

            if (!CHECK(numeric_open(&numeric, "qwen3", precision, 1, adapted))) return;
            run(&numeric, options, requests, count, &alone);
            CHECK_INT(alone.counts[3], 1);
            CHECK(memcmp(alone.ids[5], alone.ids[6], 10 * sizeof **alone.ids) != 0);
            numeric_close(&numeric);
            if (!CHECK(numeric_open(&numeric, "qwen3", precision, 3, adapted))) return;
            for (options.beside = 2; options.beside < 12; options.beside += CHECK_SLOW ? 6 : 3) {
                options.prefill = options.beside * 40;
                run(&numeric, options, requests, count, &together);
                CHECK(memcmp(&together, &alone, sizeof alone) == 0);
            }
            numeric_close(&numeric);
        }
}

/* What a generator had computed when the first token came. */
struct computed {
    struct generator *generator;
    size_t calls, rows, shared; /* shared: leaves that are those of the first text */
};

static bool take_stock(void *context, size_t request, uint32_t id)
{
    struct computed *computed = context;
    const struct text_run *runs = computed->generator->runs;

    (void)request, (void)id;
    if (computed->calls++ > 0) return true;
    computed->rows = computed->generator->batch.rows;
    for (size_t i = 1; i < computed->generator->options.beside; i++)
        for (size_t j = 0; runs[i].active && j < runs[i].cache.count; j++)
            computed->shared += runs[i].cache.leaves[j] == runs[0].cache.leaves[j];
    return true;
}

/* A prompt that a text beside it has computed is not computed again, and its whole pages are shared
 * by all. */
TEST(equal_prompts_are_computed_once)
{
    enum { LENGTH = 2 * KV_PAGE + 2 };
    const struct generator_options options = {
        .beside = 3, .prefill = 1000, .sampling = {.top_p = 1, .repetition_penalty = 1}};
    const uint32_t ids[LENGTH] = {0}, other[LENGTH] = {1};
    struct request requests[3];
    struct numeric numeric;

    if (!CHECK(numeric_open(&numeric, "qwen3", PRECISION_F32, 2, false))) return;
    for (size_t equal = 1; equal <= 3; equal++) {
        struct computed computed = {.generator = generator_new(&numeric.decoder, &options, LENGTH)};

        for (size_t i = 0; i < 3; i++)
            requests[i] = (struct request){i < equal ? ids : other, LENGTH - (i >= equal), 2, i};
        CHECK_INT(generator_run(computed.generator, requests, 3, take_stock, &computed, &err), 1);
        CHECK_INT(computed.calls, 6);
        CHECK_INT(computed.rows, equal == 3 ? LENGTH - 1 : 2 * LENGTH - 3);
        CHECK_INT(computed.shared, 2 * (equal - 1));
        generator_free(computed.generator);
    }
    numeric_close(&numeric);
}

enum { TURNS = 10, LONG = 400 };

/* Prompts of a talk: some go on with the last one, some leave it behind, in its middle, within a
 * page or at its edge. keeps: what of the last one each begins with. */
static void make_turns(struct request turns[TURNS], size_t keeps[TURNS], uint32_t ids[2 * LONG])
{
    static const struct {
        size_t count, keep;
        bool other;
    } shapes[TURNS] = {{65, 0, false},  {65, 64, false}, {300, 64, false}, {LONG, 299, false},
                       {40, 39, false}, {41, 39, false}, {45, 40, false},  {200, 32, true},
                       {1, 0, false},   {3, 0, false}};

    for (size_t i = 0; i < LONG; i++) ids[i] = ids[LONG + i] = (uint32_t)(i * 7919 % 480);
    for (size_t i = 32; i < LONG; i++) ids[LONG + i] = (uint32_t)(i * 31 % 480);
    for (size_t i = 0; i < TURNS; i++) {
        turns[i] = (struct request){.ids = ids + (shapes[i].other ? LONG : 0),
                                    .count = shapes[i].count,
                                    .most = 20,
                                    .number = i};
        keeps[i] = shapes[i].keep;
    }
}

static void check_turns(const char *model, enum precision precision, bool adapted)
{
    struct generator_options options = {
        .beside = 1,
        .adapted = adapted,
        .sampling = {.temperature = 1, .top_p = 0.95, .repetition_penalty = 1, .seed = 7}};
    static uint32_t ids[2 * LONG];
    static struct texts alone, after;
    struct request turns[TURNS];
    size_t keeps[TURNS];
    struct numeric numeric;
    struct past past = {0};

    make_turns(turns, keeps, ids);
    if (!CHECK(numeric_open(&numeric, model, precision, 3, adapted))) return;
    decoder_reach(&numeric.decoder, LONG + 20);
    for (size_t i = 0; i < TURNS; i++) {
        options.past = NULL;
        run(&numeric, options, &turns[i], 1, &alone);
        options.past = &past;
        CHECK_INT(past_match(&past, turns[i].ids, turns[i].count - 1, adapted), keeps[i]);
        run(&numeric, options, &turns[i], 1, &after);
        CHECK(alone.counts[0] > 0 && memcmp(&after, &alone, sizeof alone) == 0);
        CHECK_INT(past.cache.positions, turns[i].count - 1);
    }
    CHECK_INT(past_match(&past, turns[2].ids, 64, !adapted), 0);
    past_release(&past);
    numeric_close(&numeric);
}

TEST(a_past_changes_no_text)
{
    static const char *const models[] = {"qwen3", "mistral-sw8", "qwen2"};

    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        for (enum precision precision = PRECISION_F32; precision <= PRECISION_BF16; precision++)
            for (int adapted = 0; adapted < (i == 0 ? 2 : 1); adapted++)
                check_turns(models[i], precision, adapted);
}

/* No token is made of a prompt that was not read to its end, and nothing of it is kept. */
TEST(a_prompt_is_interrupted)
{
    volatile sig_atomic_t interrupted = 1;
    struct past past = {0};
    const struct generator_options options = {.beside = 1,
                                              .sampling = {.top_p = 1, .repetition_penalty = 1},
                                              .past = &past,
                                              .interrupted = &interrupted};
    static uint32_t ids[2 * LONG];
    struct request turns[TURNS];
    size_t keeps[TURNS];
    struct numeric numeric;
    struct generator *generator;
    struct texts texts = {0}, again = {0};

    make_turns(turns, keeps, ids);
    if (!CHECK(numeric_open(&numeric, "qwen3", PRECISION_F32, 2, false))) return;
    decoder_reach(&numeric.decoder, LONG + 20);
    generator = generator_new(&numeric.decoder, &options, LONG);
    CHECK_INT(generator_run(generator, &turns[0], 1, take, &texts, &err), 0);
    CHECK(texts.counts[0] == 0 && past.cache.positions == 0);
    interrupted = 0;
    CHECK_INT(generator_run(generator, &turns[0], 1, take, &texts, &err), 1);
    interrupted = 1;
    CHECK_INT(generator_run(generator, &turns[2], 1, take, &texts, &err), 0);
    CHECK_INT(past.cache.positions, 64);
    interrupted = 0;
    CHECK_INT(generator_run(generator, &turns[0], 1, take, &again, &err), 1);
    CHECK(texts.counts[0] > 0 && memcmp(&texts, &again, sizeof texts) == 0);
    generator_free(generator);
    past_release(&past);
    numeric_close(&numeric);
}

static bool take_two(void *context, size_t request, uint32_t id)
{
    take(context, request, id);
    return ((struct texts *)context)->counts[request] < 2;
}

TEST(whoever_takes_the_tokens_may_end_a_text)
{
    const struct generator_options options = {
        .beside = 3, .prefill = 8, .sampling = {.top_p = 1, .repetition_penalty = 1}};
    struct request requests[REQUESTS];
    uint32_t ids[PROMPT * 4];
    const size_t count = make_requests(requests, ids);
    struct numeric numeric;
    struct texts texts = {0};
    struct generator *generator;

    if (!CHECK(numeric_open(&numeric, "smollm", PRECISION_F32, 2, false))) return;
    generator = generator_new(&numeric.decoder, &options, 130);
    for (int again = 0; again < 2; again++) {
        texts = (struct texts){0};
        CHECK_INT(generator_run(generator, requests, count, take_two, &texts, &err), 1);
        for (size_t i = 0; i < count; i++) CHECK(texts.counts[i] == (i == 3 ? 1 : 2));
    }
    CHECK(generator_bytes(&numeric.decoder, &options, 130, 1000) > 100000);
    generator_free(generator);
    numeric_close(&numeric);
}

int main(void)
{
    RUN(greedy_texts_are_those_of_transformers);
    RUN(company_changes_no_text);
    RUN(equal_prompts_are_computed_once);
    RUN(a_past_changes_no_text);
    RUN(a_prompt_is_interrupted);
    RUN(whoever_takes_the_tokens_may_end_a_text);
    return check_end();
}

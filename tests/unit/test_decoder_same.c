#include "check.h"
#include "fake_model.h"
#include "golden.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>

TEST(a_tree_is_its_texts_one_by_one)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct numeric numeric;
        struct safetensors file;
        struct trial trials[2] = {{.numeric = &numeric}, {.numeric = &numeric}};
        size_t counts[2 * SEQUENCES];
        double off = 0, scale = 0;

        if (!CHECK(numeric_open(&numeric, *name, PRECISION_F32, 2, true))) continue;
        if (!golden_open(&file, *name, ".dpo")) return;
        for (int shared = 0; shared < 2; shared++) {
            add_pairs(&trials[shared].batch, &file, shared, counts);
            trial_make(&trials[shared], false, 0);
            trial_forward(&trials[shared], true, false);
        }
        for (size_t i = 0; i < trials[0].batch.scored_count; i++) {
            off = fmax(off, fabs(trials[0].logp[i] - trials[1].logp[i]));
            scale = fmax(scale, fabs(trials[0].logp[i]));
        }
        CHECK(trials[0].batch.rows > trials[1].batch.rows);
        CHECK_NEAR(off / scale, 0, 1e-6);
        trial_release(&trials[0]);
        trial_release(&trials[1]);
        safetensors_close(&file);
        numeric_close(&numeric);
    }
}

/* What PyTorch's own bf16 is off by on these texts (tests/golden/numeric/bf16.py). */
static bool torch_is_off(const char *model, double *largest, double *rms)
{
    struct buffer text = {0}, decoded = {0};
    const char *at;
    struct scan scan = {0};
    bool found = false;

    if (!CHECK(golden_read("numeric/bf16.jsonl", &text))) return false;
    at = text.at;
    while (!found && golden_line(&at, text.at + text.len, &scan)) {
        found = text_is(golden_string(&scan, "model", &decoded), model);
        if (!found) continue;
        *largest = strtod(golden_span(&scan, "largest").at, NULL);
        *rms = strtod(golden_span(&scan, "rms").at, NULL);
    }
    scan_release(&scan);
    buffer_release(&text);
    buffer_release(&decoded);
    return CHECK(found);
}

TEST(bf16_strays_less_than_that_of_pytorch)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct numeric numeric[2];
        struct trial trials[2] = {{.numeric = &numeric[0]}, {.numeric = &numeric[1]}};
        struct safetensors file;
        double largest = 0, rms = 0, most = 0, squares = 0;

        if (!golden_open(&file, *name, "") || !torch_is_off(*name, &largest, &rms)) return;
        for (size_t i = 0; i < 2; i++) {
            const enum precision precision = i ? PRECISION_BF16 : PRECISION_F32;

            if (!CHECK(numeric_open(&numeric[i], *name, precision, 2, false))) return;
            add_sequences(&trials[i].batch, &file, true);
            trial_make(&trials[i], false, 0);
            trial_forward(&trials[i], false, false);
        }
        for (size_t i = 0; i < trials[0].batch.scored_count; i++) {
            const double off = fabs(trials[1].logp[i] - trials[0].logp[i]);

            most = fmax(most, off);
            squares += off * off / (double)trials[0].batch.scored_count;
        }
        printf("# %s: largest %.4f of %.4f, mean %.4f of %.4f\n", *name, most, largest,
               sqrt(squares), rms);
        CHECK(most > 0 && most <= largest && sqrt(squares) <= rms);
        for (size_t i = 0; i < 2; i++) {
            trial_release(&trials[i]);
            numeric_close(&numeric[i]);
        }
        safetensors_close(&file);
    }
}

/* The gradients after one step over the golden pairs, to be freed. */
static float *gradients_with(const char *model, enum precision precision, size_t threads,
                             size_t kept, size_t *bytes)
{
    struct numeric numeric;
    struct safetensors file;
    struct trial trial = {.numeric = &numeric};
    size_t counts[2 * SEQUENCES];
    float *copy;

    if (!CHECK(numeric_open(&numeric, model, precision, threads, true))) return NULL;
    if (!golden_open(&file, model, ".dpo")) return NULL;
    add_pairs(&trial.batch, &file, true, counts);
    trial_make(&trial, true, kept);
    trial_forward(&trial, true, true);
    for (size_t i = 0; i < trial.batch.scored_count; i++) trial.dlogp[i] = (float)(i % 7) - 3;
    step_backward(trial.step, &trial.batch, trial.dlogp);
    *bytes = numeric.adapter.parameters.size * sizeof *copy;
    copy = mem_alloc(*bytes);
    memcpy(copy, numeric.adapter.parameters.gradients, *bytes);
    trial_release(&trial);
    safetensors_close(&file);
    numeric_close(&numeric);
    return copy;
}

TEST(neither_threads_nor_memory_change_a_bit)
{
    for (enum precision precision = PRECISION_F32; precision <= PRECISION_BF16; precision++)
        for (const char *const *name = numeric_models + (CHECK_SLOW ? 5 : 0); *name; name++) {
            size_t bytes, other_bytes;
            float *want = gradients_with(*name, precision, 1, SIZE_MAX, &bytes);
            const size_t cases[][2] = {{2, SIZE_MAX}, {3, 0}, {1, 1}};

            for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                float *got =
                    gradients_with(*name, precision, cases[i][0], cases[i][1], &other_bytes);

                CHECK(want && got && memcmp(got, want, bytes) == 0);
                mem_free(got);
            }
            mem_free(want);
        }
}

TEST(a_text_scores_the_same_whatever_stands_beside_it)
{
    for (enum precision precision = PRECISION_F32; precision <= PRECISION_BF16; precision++) {
        struct numeric numeric;
        struct safetensors file;
        double alone[256];
        size_t first = 0;

        if (!CHECK(numeric_open(&numeric, "qwen2", precision, 2, true))) return;
        if (!golden_open(&file, "qwen2", "")) return;
        for (size_t company = 0; company < 3; company++) {
            struct trial trial = {.numeric = &numeric};

            if (company == 0) {
                size_t count;
                uint32_t *ids = numeric_ids(&file, "ids.0", &count);

                batch_answer(&trial.batch, BATCH_START, ids, count, 0);
                first = trial.batch.scored_count;
                mem_free(ids);
            } else
                add_sequences(&trial.batch, &file, true);
            if (company == 2) add_sequences(&trial.batch, &file, true);
            trial_make(&trial, false, 0);
            trial_forward(&trial, true, false);
            if (company == 0) memcpy(alone, trial.logp, first * sizeof *alone);
            CHECK(memcmp(alone, trial.logp, first * sizeof *alone) == 0);
            if (company == 2)
                CHECK(memcmp(alone, trial.logp + trial.batch.scored_count / 2,
                             first * sizeof *alone) == 0);
            trial_release(&trial);
        }
        safetensors_close(&file);
        numeric_close(&numeric);
    }
}

TEST(a_plan_says_what_is_needed_and_keeps_what_fits)
{
    struct numeric numeric;
    struct step_plan plan = {.rows = 100, .scored = 40, .backward = true}, full, least;
    struct err err;

    if (!CHECK(numeric_open(&numeric, "qwen2", PRECISION_F32, 1, true))) return;
    full = plan;
    CHECK(step_plan(&numeric.decoder, &full, SIZE_MAX, &err));
    CHECK_INT(full.kept, 3);
    least = plan;
    CHECK(step_plan(&numeric.decoder, &least, full.bytes - 1, &err));
    CHECK(least.kept < 3 && least.bytes < full.bytes);
    CHECK(!step_plan(&numeric.decoder, &plan, 100 << 10, &err));
    CHECK_TEXT(err.text, "a batch of 100 tokens needs 1049K of memory beside the weights, and "
                         "there is 100K");
    plan.beside = 1 << 20;
    CHECK(!step_plan(&numeric.decoder, &plan, 1049 << 10, &err));
    CHECK(step_plan(&numeric.decoder, &plan, step_least(&numeric.decoder, &plan), &err));
    CHECK_INT(plan.kept, 0);
    numeric_close(&numeric);
}

/* Bytes of this program's own memory that are in use. */
static size_t resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t kilobytes = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %zu", &kilobytes) == 1) break;
    if (file) fclose(file);
    return kilobytes << 10;
}

TEST(no_more_memory_is_used_than_planned)
{
    struct numeric numeric;
    struct trial trial = {.numeric = &numeric};
    uint32_t ids[250];
    size_t before, used;

    if (CHECK_SLOW) {
        SKIP("sanitizers use memory of their own");
        return;
    }
    if (!CHECK(numeric_open(&numeric, "qwen3", PRECISION_BF16, 2, true))) return;
    for (size_t i = 0; i < 250; i++) ids[i] = (uint32_t)(i * 31 % 490);
    for (size_t i = 0; i < 40; i++) batch_answer(&trial.batch, BATCH_START, ids, 250, 20);
    before = resident();
    if (!CHECK(trial_make(&trial, true, SIZE_MAX))) return;
    trial_forward(&trial, true, true);
    step_backward(trial.step, &trial.batch, trial.dlogp);
    used = resident() - before;
    printf("# %zu kB planned, %zu kB used\n", trial.plan.bytes >> 10, used >> 10);
    CHECK(trial.plan.bytes > (size_t)100 << 20);
    CHECK_NEAR((double)used / (double)trial.plan.bytes, 0.97, 0.08);
    trial_release(&trial);
    numeric_close(&numeric);
}

/* The shape of Qwen2.5-3B; of its weights there is not a byte. */
static const char large[] =
    "{\"model_type\":\"qwen2\",\"hidden_size\":2048,\"intermediate_size\":11008,"
    "\"num_hidden_layers\":36,\"num_attention_heads\":16,\"num_key_value_heads\":2,"
    "\"max_position_embeddings\":32768,\"rms_norm_eps\":1e-6,\"rope_theta\":1e6,"
    "\"tie_word_embeddings\":true,\"vocab_size\":151936,\"torch_dtype\":\"bfloat16\"}";

/* Bytes of a training run beside the step: 30 million parameters of an adapter with their gradients
 * and two moments. */
#define ADAPTER_RUN ((size_t)30 * 1000 * 1000 * 16)

TEST(a_model_of_three_billion_fits)
{
    const size_t weights = (size_t)6200 * 1000 * 1000, in_nf4 = (size_t)2100 * 1000 * 1000;
    const size_t giga = 1000 * 1000 * 1000;
    const struct fake_model fake = {.config = large};
    struct step_plan plan = {.rows = 1024, .scored = 512, .backward = true}, small = plan;
    struct adapter_options options;
    struct numeric numeric = {0};
    struct err err;

    if (!CHECK(model_open(&numeric.model, fake_model("large", &fake), &err))) return;
    numeric.team = team_start(2);
    CHECK(base_open(&numeric.base, &numeric.model, 16, NULL, numeric.team, &err));
    decoder_open(&numeric.decoder, &numeric.base, PRECISION_BF16, numeric.team);
    adapter_options_init(&options);
    options.rank = 16;
    options.targets.pattern = mem_copy_text("all-linear");
    numeric.adapted = true;
    CHECK(adapter_init(&numeric.adapter, &numeric.model.config, &options, 1, &err));
    decoder_adapt(&numeric.decoder, &numeric.adapter);
    CHECK(step_plan(&numeric.decoder, &plan, 14 * giga - weights - ADAPTER_RUN, &err));
    CHECK_INT(plan.kept, 36);
    CHECK(step_plan(&numeric.decoder, &small, 6 * giga - in_nf4 - ADAPTER_RUN, &err));
    printf("# all layers kept: %zu MB; within 6 GB %zu layers and %zu MB\n", plan.bytes >> 20,
           small.kept, small.bytes >> 20);
    CHECK(small.kept > 0 && small.kept < 36);
    adapter_options_release(&options);
    numeric_close(&numeric);
}

int main(void)
{
    RUN(a_tree_is_its_texts_one_by_one);
    RUN(bf16_strays_less_than_that_of_pytorch);
    RUN(neither_threads_nor_memory_change_a_bit);
    RUN(a_text_scores_the_same_whatever_stands_beside_it);
    RUN(a_plan_says_what_is_needed_and_keeps_what_fits);
    RUN(no_more_memory_is_used_than_planned);
    RUN(a_model_of_three_billion_fits);
    return check_end();
}

/* A real model, where there is one: DPO_SMOLLM2 names SmolLM2-135M-Instruct.Q4_1.gguf, or a folder
 * with it. */
#include "check.h"
#include "decoder/head.h"
#include "decoder/step.h"
#include "generate/generator.h"
#include "golden.h"

#include <stdlib.h>

enum { IDS = 64, TOP = 10 };

struct real {
    struct model model;
    struct base base;
    struct decoder decoder;
    struct team *team;
};

struct prompt {
    uint32_t ids[IDS], greedy[IDS], top_ids[TOP];
    double logprobs[IDS], top[TOP];
    size_t count, greedy_count;
};

static size_t read_numbers(const struct scan *scan, const char *name, double *out, size_t room)
{
    char text[8192];
    char *at = text + 1;
    struct text list = golden_span(scan, name);
    size_t count = 0;

    snprintf(text, sizeof text, "%.*s", (int)list.len, list.at);
    while (count < room && *at && *at != ']') {
        out[count++] = strtod(at, &at);
        while (*at == ',' || *at == ' ') at++;
    }
    return count;
}

static size_t read_ids(const struct scan *scan, const char *name, uint32_t *out, size_t room)
{
    double numbers[IDS];
    const size_t count = read_numbers(scan, name, numbers, room);

    for (size_t i = 0; i < count; i++) out[i] = (uint32_t)numbers[i];
    return count;
}

static void read_prompt(const struct scan *scan, struct prompt *prompt)
{
    prompt->count = read_ids(scan, "ids", prompt->ids, IDS);
    prompt->greedy_count = read_ids(scan, "greedy_ids", prompt->greedy, IDS);
    CHECK_INT(read_ids(scan, "last_top10_ids", prompt->top_ids, TOP), TOP);
    CHECK_INT(read_numbers(scan, "last_top10_logits", prompt->top, TOP), TOP);
    CHECK_INT(read_numbers(scan, "logprobs", prompt->logprobs, IDS), prompt->count - 1);
}

static void check_scores(struct real *real, const struct prompt *prompt)
{
    const struct step_mode mode = {0};
    struct step_plan plan = {.rows = prompt->count, .scored = prompt->count};
    struct batch batch = {0};
    struct step *step;
    double logp[IDS];
    struct err err;

    batch_answer(&batch, BATCH_START, prompt->ids, prompt->count, 0);
    CHECK(step_plan(&real->decoder, &plan, SIZE_MAX, &err));
    step = step_new(&real->decoder, &plan);
    step_forward(step, &batch, &mode, logp, NULL);
    for (size_t i = 0; i + 1 < prompt->count; i++)
        CHECK_NEAR(logp[i], prompt->logprobs[i], fmax(1e-4, 1e-5 * fabs(logp[i])));
    batch_release(&batch);
    step_free(step);
}

static void check_logits(struct real *real, const struct prompt *prompt)
{
    const size_t V = real->model.config.vocabulary;
    const struct step_mode mode = {0};
    struct step_plan plan = {.rows = prompt->count};
    struct batch batch = {0};
    struct step *step;
    float *f, *logits = mem_zero(V, sizeof *logits);
    const float *rows;
    size_t ld;
    struct err err;

    batch_text(&batch, BATCH_START, prompt->ids, prompt->count);
    CHECK(step_plan(&real->decoder, &plan, SIZE_MAX, &err));
    step = step_new(&real->decoder, &plan);
    step_forward(step, &batch, &mode, NULL, NULL);
    rows = step_rows(step, &ld);
    f = mem_zero(ld, sizeof *f);
    head_logits(&real->decoder, 1, rows + (prompt->count - 1) * ld, f, logits, V);
    for (size_t i = 0; i < TOP; i++)
        CHECK_NEAR((double)logits[prompt->top_ids[i]], prompt->top[i], 2e-4);
    mem_free(f);
    mem_free(logits);
    batch_release(&batch);
    step_free(step);
}

struct made {
    uint32_t ids[8][IDS];
    size_t counts[8];
};

static bool take(void *context, size_t request, uint32_t id)
{
    struct made *made = context;

    made->ids[request][made->counts[request]++] = id;
    return true;
}

static void check_greedy(struct real *real, const struct prompt *prompts, size_t count)
{
    struct ends ends;
    const struct generator_options options = {.beside = 3,
                                              .prefill = 64,
                                              .sampling = {.top_p = 1, .repetition_penalty = 1},
                                              .ends = &ends};
    struct generator *generator = generator_new(&real->decoder, &options, IDS);
    struct request requests[8];
    struct made made = {0};
    struct err err;

    ends_init(&ends, &real->model.config, CONFIG_NO_ID);
    for (size_t i = 0; i < count; i++)
        requests[i] = (struct request){.ids = prompts[i].ids,
                                       .count = prompts[i].count,
                                       .most = prompts[i].greedy_count,
                                       .number = i};
    CHECK_INT(generator_run(generator, requests, count, take, &made, &err), 1);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(made.counts[i], prompts[i].greedy_count);
        CHECK(memcmp(made.ids[i], prompts[i].greedy, made.counts[i] * sizeof **made.ids) == 0);
    }
    generator_free(generator);
}

TEST(a_real_model_computes_what_transformers_computes)
{
    const char *name = getenv("DPO_SMOLLM2"), *at;
    static struct prompt prompts[8];
    struct buffer text = {0};
    struct real real;
    struct scan scan = {0};
    struct err err;
    size_t count = 0;

    if (!name) {
        SKIP("DPO_SMOLLM2 names no model");
        return;
    }
    if (!CHECK(golden_read("smollm2/prompts.jsonl", &text))) return;
    if (!check_claim(model_open(&real.model, name, &err), __FILE__, __LINE__, "%s", err.text))
        return;
    real.team = team_start(2);
    CHECK(base_open(&real.base, &real.model, 16, NULL, real.team, &err));
    decoder_open(&real.decoder, &real.base, PRECISION_F32, real.team);
    decoder_reach(&real.decoder, 2 * IDS);
    for (at = text.at; count < 8 && golden_line(&at, text.at + text.len, &scan); count++) {
        read_prompt(&scan, &prompts[count]);
        check_scores(&real, &prompts[count]);
        check_logits(&real, &prompts[count]);
    }
    CHECK_INT(count, 4);
    check_greedy(&real, prompts, count);
    scan_release(&scan);
    buffer_release(&text);
    decoder_close(&real.decoder);
    base_close(&real.base);
    team_stop(real.team);
    model_close(&real.model);
}

int main(void)
{
    RUN(a_real_model_computes_what_transformers_computes);
    return check_end();
}

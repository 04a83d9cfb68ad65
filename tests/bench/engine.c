/* How fast pairs go through a model, forward and backward, as in training:
 *
 *     engine MODEL [--prompt 256] [--answer 256] [--pairs 1] [--precision fp32|bf16] [--bits 16]
 *
 * One line of JSON: seconds of each step, useful operations a second, the most that the machine
 * makes of the kernel's instruction, and where the time of the fastest step went. Useful are the
 * linear layers' and the head's products, forward and backward by what goes in. */
#include "core/report.h"
#include "decoder/step.h"
#include "machine.h"
#include "options/options.h"
#include "parts.h"

#include <stdio.h>

static size_t prompt = 256, answer = 256, pairs = 1, steps = 3, bits = 16, precision;
static size_t memory = (size_t)8 << 30;
static const char *cache;

static const struct option_spec options[] = {
    {0, "prompt", OPTION_SIZE, &prompt, "N", "tokens of each prompt"},
    {0, "answer", OPTION_SIZE, &answer, "N", "tokens of each answer"},
    {0, "pairs", OPTION_SIZE, &pairs, "N", "pairs at once"},
    {0, "steps", OPTION_SIZE, &steps, "N", "steps that count, after one that does not"},
    {0, "precision", OPTION_CHOICE, &precision, "fp32|bf16|auto", "what products are computed in"},
    {0, "bits", OPTION_SIZE, &bits, "N", "of the base: 16, 8 or 4"},
    {0, "memory", OPTION_BYTES, &memory, "SIZE", "for activations"},
    {0, "cache", OPTION_TEXT, &cache, "FOLDER", "keep the quantised base there"},
    OPTION_END};

static const struct program program = {"engine", "measure pairs through a model", "MODEL", options,
                                       NULL};

struct run {
    struct team *team;
    struct model model;
    struct base base;
    struct decoder decoder;
    struct adapter adapter;
    struct batch batch;
    struct step_plan plan;
    struct step *step;
    double *logp;
    float *dlogp;
};

struct timing {
    double forward, backward;
    double parts[PARTS];
};

/* Of one pass through the linear layers and the head, times two for each weight. */
static double count_flops(const struct run *run)
{
    const struct config *config = &run->model.config;
    double weights = 0;

    for (size_t l = 0; l < config->layers; l++)
        for (size_t i = 0; i < WEIGHT_LINEARS; i++) {
            const struct matrix *w = &run->decoder.layers[l].matrix[weight_linears[i]];

            weights += (double)w->rows * (double)w->cols;
        }
    return 2 *
           (weights * (double)run->batch.rows +
            (double)config->vocabulary * (double)config->hidden * (double)run->batch.scored_count);
}

static void add_pair(struct batch *batch, uint32_t vocabulary, uint32_t seed)
{
    const size_t count = prompt + 2 * answer;
    uint32_t *ids = mem_zero(count, sizeof *ids);
    size_t root;

    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525U + 1013904223U;
        ids[i] = (seed >> 8) % vocabulary;
    }
    root = batch_text(batch, BATCH_START, ids, prompt);
    batch_answer(batch, root, ids + prompt, answer, 0);
    batch_answer(batch, root, ids + prompt + answer, answer, 0);
    mem_free(ids);
}

static enum precision chosen(void)
{
    if (precision == 2) return kernel_bf16_pays() ? PRECISION_BF16 : PRECISION_F32;
    return precision == 1 ? PRECISION_BF16 : PRECISION_F32;
}

static bool adapt(struct run *run, struct err *err)
{
    struct adapter_options wanted;

    adapter_options_init(&wanted);
    wanted.rank = 16;
    wanted.alpha = 32;
    wanted.targets.pattern = mem_copy_text("all-linear");
    if (!adapter_init(&run->adapter, &run->model.config, &wanted, 42, err)) return false;
    adapter_train(&run->adapter);
    decoder_adapt(&run->decoder, &run->adapter);
    return true;
}

static bool start(struct run *run, const char *name, struct err *err)
{
    run->team = team_start(settings.threads);
    if (!model_open(&run->model, name, err) ||
        !base_open(&run->base, &run->model, (unsigned)bits, cache, run->team, err))
        return false;
    decoder_open(&run->decoder, &run->base, chosen(), run->team);
    decoder_reach(&run->decoder, prompt + answer);
    if (!adapt(run, err)) return false;
    for (size_t i = 0; i < pairs; i++)
        add_pair(&run->batch, run->model.config.vocabulary, (uint32_t)i);
    if (!batch_check(&run->batch, &run->model.config, false, err)) return false;
    run->plan = (struct step_plan){
        .rows = run->batch.rows, .scored = run->batch.scored_count, .backward = true};
    if (!step_plan(&run->decoder, &run->plan, memory, err)) return false;
    run->step = step_new(&run->decoder, &run->plan);
    run->logp = mem_zero(run->batch.scored_count, sizeof *run->logp);
    run->dlogp = mem_zero(run->batch.scored_count, sizeof *run->dlogp);
    for (size_t i = 0; i < run->batch.scored_count; i++) run->dlogp[i] = 0.001F;
    return true;
}

static struct timing time_step(struct run *run)
{
    const struct step_mode mode = {.adapted = true, .keep = true};
    struct timing timing;
    double begin, middle;

    parts_start();
    begin = seconds_now();
    step_forward(run->step, &run->batch, &mode, run->logp, NULL);
    middle = seconds_now();
    step_backward(run->step, &run->batch, run->dlogp);
    timing.forward = middle - begin;
    timing.backward = seconds_now() - middle;
    parts_stop(timing.parts);
    return timing;
}

static void print(const struct run *run, const double *took, const struct timing *best,
                  double ceiling)
{
    const double total = best->forward + best->backward, rate = 2 * count_flops(run) / total;

    printf("{\"kernel\": \"%s\", \"precision\": \"%s\", \"bits\": %zu, \"rows\": %zu, "
           "\"kept layers\": %zu, \"MiB\": %zu, \"seconds a pair\": [",
           run->decoder.gemm.kernel->name,
           run->decoder.gemm.kernel->precision == PRECISION_F32 ? "fp32" : "bf16", bits,
           run->batch.rows, run->plan.kept, run->plan.bytes >> 20);
    for (size_t i = 0; i < steps; i++) printf("%s%.4f", i > 0 ? ", " : "", took[i] / (double)pairs);
    printf("], \"forward\": %.4f, \"backward\": %.4f, \"useful GF/s\": %.1f", best->forward,
           best->backward, rate * 1e-9);
    if (ceiling > 0)
        printf(", \"ceiling GF/s\": %.1f, \"share\": %.3f", ceiling * 1e-9, rate / ceiling);
    printf(", \"parts\": {");
    for (size_t i = 0; i < PARTS; i++)
        printf("%s\"%s\": %.4f", i > 0 ? ", " : "", part_names[i], best->parts[i]);
    printf("}}\n");
}

static void measure(struct run *run)
{
    struct timing best = {.forward = 1e9};
    double *took = mem_zero(steps, sizeof *took), ceiling = 0;

    time_step(run);
    for (size_t i = 0; i < steps; i++) {
        const double peak = machine_peak(run->team, run->decoder.gemm.kernel);
        const struct timing timing = time_step(run);

        took[i] = timing.forward + timing.backward;
        if (took[i] < best.forward + best.backward) best = timing;
        if (peak > ceiling) ceiling = peak;
    }
    print(run, took, &best, ceiling);
    mem_free(took);
}

int main(int argc, char **argv)
{
    char **names = program_start(&program, argc, argv);
    struct run run = {0};
    struct err err;

    if (!names[0] || names[1]) die_usage("one MODEL is measured");
    if (steps < 1 || pairs < 1 || prompt < 1 || answer < 1) die_usage("no number may be 0");
    if (!start(&run, names[0], &err)) die_of(&err);
    measure(&run);
    return EXIT_DONE;
}

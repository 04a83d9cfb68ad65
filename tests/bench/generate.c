/* How fast texts are continued:
 *
 *     generate MODEL [--bits 16|8] [--precision fp32|bf16] [--repeats 3]
 *     generate MODEL --first
 *
 * One line of JSON: tokens a second, of each repeat, of a prompt of 512 tokens ('prefill'), and of
 * 1, 8 and 32 texts that go on beside each other from prompts of 128 ('decode'); and how near one
 * text comes to what reading the weights from memory takes. With --first it only makes one token,
 * so that the time of the process is that of a start. */
#include "core/report.h"
#include "generate/generator.h"
#include "machine.h"
#include "options/options.h"

#include <stdio.h>

enum { PREFILL = 512, PROMPT = 128, NEW = 64, SECONDS = 10 };

static size_t repeats = 3, bits = 16, precision = 2;
static bool first;
static const char *cache;

static const struct option_spec options[] = {
    {0, "repeats", OPTION_SIZE, &repeats, "N", "runs of each kind, in 10 seconds"},
    {0, "precision", OPTION_CHOICE, &precision, "fp32|bf16|auto", "what prompts are computed in"},
    {0, "bits", OPTION_SIZE, &bits, "N", "of the base: 16, 8 or 4"},
    {0, "cache", OPTION_TEXT, &cache, "FOLDER", "keep the quantised base there"},
    {0, "first", OPTION_FLAG, &first, NULL, "make one token and end"},
    OPTION_END};

static const struct program program = {"generate", "measure the continuation of texts", "MODEL",
                                       options, NULL};

static struct team *team;
static struct model model;
static struct base base;
static struct decoder decoder;

static bool start(const char *name, struct err *err)
{
    const bool narrow = precision == 2 ? kernel_bf16_pays() : precision == 1;

    team = team_start(settings.threads);
    if (!model_open(&model, name, err) ||
        !base_open(&base, &model, (unsigned)bits, cache, team, err))
        return false;
    model.config.eos_count = 0; /* all texts are of one length */
    decoder_open(&decoder, &base, narrow ? PRECISION_BF16 : PRECISION_F32, team);
    decoder_reach(&decoder, PREFILL + NEW);
    return true;
}

/* When the first token of any text came, and the last one. */
struct moments {
    double first, last;
};

static bool take(void *context, size_t request, uint32_t id)
{
    struct moments *moments = context;

    (void)request, (void)id;
    moments->last = seconds_now();
    if (moments->first <= 0) moments->first = moments->last;
    return true;
}

static double run(size_t texts, size_t prompt, size_t most, struct moments *moments)
{
    const struct generator_options how = {.beside = texts,
                                          .prefill = texts * prompt,
                                          .sampling = {.top_p = 1, .repetition_penalty = 1}};
    struct generator *generator = generator_new(&decoder, &how, prompt);
    struct request *requests = mem_zero(texts, sizeof *requests);
    uint32_t *ids = mem_zero(texts * prompt, sizeof *ids);
    struct err err;
    double begin;

    for (size_t i = 0; i < texts * prompt; i++)
        ids[i] = (uint32_t)(i * 2654435761U >> 7) % model.config.vocabulary;
    for (size_t i = 0; i < texts; i++)
        requests[i] =
            (struct request){.ids = ids + i * prompt, .count = prompt, .most = most, .number = i};
    *moments = (struct moments){0};
    begin = seconds_now();
    if (generator_run(generator, requests, texts, take, moments, &err) < 0) die_of(&err);
    generator_free(generator);
    mem_free(requests);
    mem_free(ids);
    return begin;
}

static double prefill(size_t texts)
{
    struct moments moments;
    const double begin = run(texts, PREFILL, 1, &moments);

    return (double)(texts * PREFILL) / (moments.first - begin);
}

static double decode(size_t texts)
{
    struct moments moments;

    run(texts, PROMPT, NEW, &moments);
    return (double)(texts * (NEW - 1)) / (moments.last - moments.first);
}

/* Prints the rates and returns the best one. */
static double measure(const char *name, double rate(size_t texts), size_t texts)
{
    const double begin = seconds_now();
    double best = 0;

    printf("\"%s %zu\": [", name, name[0] == 'p' ? (size_t)PREFILL : texts);
    for (size_t i = 0; i < repeats && (i == 0 || seconds_now() - begin < SECONDS); i++) {
        const double found = rate(texts);

        printf("%s%.1f", i > 0 ? ", " : "", found);
        if (found > best) best = found;
    }
    printf("], ");
    return best;
}

/* Of the matrices that a token goes through. */
static double weight_bytes(void)
{
    const struct config *config = &model.config;
    const struct matrix *head =
        &decoder.layers->matrix[config->tied ? WEIGHT_EMBEDDING : WEIGHT_HEAD];
    double bytes = (double)head->rows * (double)head->stride;

    for (size_t l = 0; l < config->layers; l++)
        for (size_t i = 0; i < WEIGHT_LINEARS; i++) {
            const struct matrix *w = &decoder.layers[l].matrix[weight_linears[i]];

            bytes += (double)w->rows * (double)w->stride;
        }
    return bytes;
}

static void measure_all(void)
{
    const double memory = machine_read(team);
    double alone;

    printf("{\"kernel\": \"%s\", \"bits\": %zu, ", decoder.gemm.kernel->name, bits);
    prefill(1);
    measure("prefill", prefill, 1);
    alone = measure("decode", decode, 1);
    measure("decode", decode, 8);
    measure("decode", decode, 32);
    printf("\"weights MB\": %.1f, \"memory GB/s\": %.1f, \"share\": %.3f}\n", weight_bytes() * 1e-6,
           memory * 1e-9, alone * weight_bytes() / memory);
}

int main(int argc, char **argv)
{
    char **names = program_start(&program, argc, argv);
    struct moments moments;
    struct err err;

    if (!names[0] || names[1]) die_usage("one MODEL is measured");
    if (!start(names[0], &err)) die_of(&err);
    if (first)
        run(1, 8, 1, &moments);
    else
        measure_all();
    return EXIT_DONE;
}

/* llama.cpp under the same load as tests/bench/generate.c, by its library:
 *
 *     llama measure MODEL.gguf THREADS REPEATS
 *     llama first MODEL.gguf THREADS
 *     llama quantise FROM.gguf TO.gguf q8_0|q4_K_M [THREADS]
 *
 * GGML_LIBRARIES names the folder of its libraries, of which it takes the one for this CPU. Tokens
 * are not chosen by their logits, as in its own benchmarks. */
#include <llama.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PREFILL = 512, PROMPT = 128, NEW = 64, MOST = 2048, SECONDS = 10 };

static struct llama_model *model;
static int threads;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void say_nothing(enum ggml_log_level level, const char *text, void *context)
{
    (void)context;
    if (level == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

static struct llama_context *open_context(int texts, int each)
{
    struct llama_context_params how = llama_context_default_params();
    struct llama_context *context;

    how.n_ctx = (uint32_t)(texts * each);
    how.n_seq_max = (uint32_t)texts;
    how.n_batch = MOST;
    how.n_ubatch = 512;
    how.n_threads = how.n_threads_batch = threads;
    how.no_perf = true;
    context = llama_init_from_model(model, how);
    if (!context) exit(1);
    return context;
}

static void add(struct llama_batch *batch, int position, int text, bool wanted)
{
    const int at = batch->n_tokens++;
    const int words = llama_vocab_n_tokens(llama_model_get_vocab(model));

    batch->token[at] = (llama_token)((uint32_t)(position * 7919 + text * 104729) % (uint32_t)words);
    batch->pos[at] = position;
    batch->n_seq_id[at] = 1;
    batch->seq_id[at][0] = text;
    batch->logits[at] = wanted;
}

static void flush(struct llama_context *context, struct llama_batch *batch)
{
    if (batch->n_tokens > 0 && llama_decode(context, *batch) != 0) exit(1);
    llama_synchronize(context);
    batch->n_tokens = 0;
}

/* Seconds that the prompts take, and then all else. */
static void run(int texts, int prompt, int most, double took[2])
{
    struct llama_context *context = open_context(texts, prompt + most);
    struct llama_batch batch = llama_batch_init(MOST, 0, 1);
    double begin = now();

    for (int text = 0; text < texts; text++) {
        if (batch.n_tokens + prompt > MOST) flush(context, &batch);
        for (int i = 0; i < prompt; i++) add(&batch, i, text, i + 1 == prompt);
    }
    flush(context, &batch);
    took[0] = now() - begin;
    begin = now();
    for (int i = 0; i < most; i++) {
        for (int text = 0; text < texts; text++) add(&batch, prompt + i, text, true);
        flush(context, &batch);
    }
    took[1] = now() - begin;
    llama_batch_free(batch);
    llama_free(context);
}

static void measure(int repeats)
{
    static const int counts[] = {1, 8, 32};
    double took[2];

    run(1, PREFILL, 0, took);
    printf("{\"prefill %d\": [", PREFILL);
    for (int i = 0; i < repeats; i++) {
        run(1, PREFILL, 0, took);
        printf("%s%.1f", i ? ", " : "", PREFILL / took[0]);
    }
    for (int c = 0; c < 3; c++) {
        const double begin = now();

        printf("], \"decode %d\": [", counts[c]);
        for (int i = 0; i < repeats && (i == 0 || now() - begin < SECONDS); i++) {
            run(counts[c], PROMPT, NEW, took);
            printf("%s%.1f", i ? ", " : "", counts[c] * NEW / took[1]);
        }
    }
    printf("]}\n");
}

static int quantise(const char *from, const char *to, const char *type, int with)
{
    struct llama_model_quantize_params how = llama_model_quantize_default_params();

    how.nthread = with;
    how.ftype = strcmp(type, "q8_0") == 0 ? LLAMA_FTYPE_MOSTLY_Q8_0 : LLAMA_FTYPE_MOSTLY_Q4_K_M;
    return llama_model_quantize(from, to, &how) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct llama_model_params how = llama_model_default_params();
    double took[2];

    if (argc < 4) return 2;
    llama_log_set(say_nothing, NULL);
    ggml_backend_load_all_from_path(getenv("GGML_LIBRARIES"));
    llama_backend_init();
    if (strcmp(argv[1], "quantise") == 0)
        return argc < 5 ? 2 : quantise(argv[2], argv[3], argv[4], argc > 5 ? atoi(argv[5]) : 0);
    threads = atoi(argv[3]);
    model = llama_model_load_from_file(argv[2], how);
    if (!model) return 1;
    if (strcmp(argv[1], "first") == 0)
        run(1, 8, 0, took);
    else
        measure(argc > 4 ? atoi(argv[4]) : 3);
    llama_model_free(model);
    return 0;
}

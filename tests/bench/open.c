/* How long opening models takes, and what memory: open [NAME...]
 *
 * Without names it makes two of holes: one of 43 layers (390 tensors), and one of 18 GB in 4
 * shards. Each model is opened and closed 20 times: the fastest and the mean in milliseconds, and
 * the memory of the process after the first opening beyond what it had before. */
#include "model/model.h"

#include "unit/fake_model.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIMES = 20 };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Resident memory in kB. */
static long resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long found = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %ld", &found) == 1) break;
    if (file) fclose(file);
    return found;
}

static bool measure(const char *name, struct err *err)
{
    double least = 1e9, sum = 0;
    long memory = 0;
    size_t tensors = 0;

    for (int i = 0; i < TIMES; i++) {
        const long before = resident();
        const double begin = now();
        struct model model;
        double took;

        if (!model_open(&model, name, err)) return false;
        took = now() - begin;
        if (i == 0) memory = resident() - before;
        tensors = model.gguf_file.path ? model.gguf.tensor_count : model.shards.count;
        if (took < least) least = took;
        sum += took;
        model_close(&model);
    }
    printf("%s: %zu tensors, %.2f ms (mean %.2f), %ld kB\n", name, tensors, least, sum / TIMES,
           memory);
    return true;
}

#define CONFIG(layers, hidden, feed, heads, words)                                                 \
    "{\"model_type\":\"llama\",\"num_hidden_layers\":" layers ",\"hidden_size\":" hidden           \
    ",\"intermediate_size\":" feed ",\"num_attention_heads\":" heads ",\"vocab_size\":" words      \
    ",\"max_position_embeddings\":8192,\"rms_norm_eps\":1e-5}"

static bool measure_fakes(struct err *err)
{
    static const struct fake_model deep = {.config = CONFIG("43", "64", "128", "4", "512")};
    static const struct fake_model large = {.config = CONFIG("32", "4096", "14336", "32", "128256"),
                                            .shards = 4};

    return measure(fake_model("deep", &deep), err) && measure(fake_model("large", &large), err);
}

int main(int argc, char **argv)
{
    struct err err;

    if (argc == 1 && !measure_fakes(&err)) return fprintf(stderr, "open: %s\n", err.text), 1;
    for (int i = 1; i < argc; i++)
        if (!measure(argv[i], &err)) return fprintf(stderr, "open: %s\n", err.text), 1;
    return 0;
}

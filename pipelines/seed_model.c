/* Writes a model of any shape with weights drawn from a seed: for recipes that only show how things
 * go together, for tests and for benchmarks, where what a model says does not matter.
 *
 *     seed_model CONFIG.json -o FOLDER [--tokenizer FOLDER]
 *
 * Matrices and biases are drawn about 0, norms about 1, with the 'initializer_range' of
 * transformers, 0.02. The same seed gives the same bytes on every machine. */
#include "core/lines.h"
#include "core/report.h"
#include "model/config_json.h"
#include "model/weight_table.h"
#include "options/options.h"
#include "safetensors/shard_writer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_LIMIT = 64 << 20, CHUNK = 1 << 16 };

static const uint64_t shard_limit = (uint64_t)5 << 30;
static const float deviation = 0.02F;

static const char *tokenizer;
static size_t seed = 1, dtype;

static const struct option_spec options[] = {
    {0, "dtype", OPTION_CHOICE, &dtype, "bf16|f32", "how the weights are stored"},
    {0, "seed", OPTION_SIZE, &seed, "N", "what the weights are drawn from"},
    {0, "tokenizer", OPTION_TEXT, &tokenizer, "FOLDER", "copy the files of a tokenizer from there"},
    OPTION_END};

static const struct program program = {
    "seed_model", "write a model with weights from a seed", "CONFIG.json", options, NULL, NULL};

/* What is copied where it is there. */
static const char *const language_files[] = {"tokenizer.json",          "tokenizer_config.json",
                                             "generation_config.json",  "chat_template.jinja",
                                             "special_tokens_map.json", NULL};

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* About normal: the sum of four even draws, which has the variance 4 (65536^2 - 1) / 12. */
static float draw(uint64_t key, uint64_t number)
{
    const uint64_t bits = mix(key ^ number);
    const uint32_t sum = (uint32_t)(bits & 0xffff) + (uint32_t)(bits >> 16 & 0xffff) +
                         (uint32_t)(bits >> 32 & 0xffff) + (uint32_t)(bits >> 48);

    return ((float)sum - 131070.0F) * (deviation / 37837.2F);
}

/* Rounded to nearest; none is so large that it could overflow. */
static bf16 narrow(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (bf16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static bool copy(const char *from, const char *name, struct err *err)
{
    struct buffer text = {0}, path = {0};
    bool good;

    buffer_format(&path, "%s/%s", settings.output, name);
    good = read_whole_file(from, &text, FILE_LIMIT, err) &&
           outfile_put(path.at, buffer_content(&text), err);
    buffer_release(&text);
    buffer_release(&path);
    return good;
}

static bool copy_language(struct err *err)
{
    bool good = true;

    for (const char *const *name = language_files; good && tokenizer && *name; name++) {
        struct buffer from = {0};
        struct stat info;

        buffer_format(&from, "%s/%s", tokenizer, *name);
        if (stat(from.at, &info) == 0) good = copy(from.at, *name, err);
        buffer_release(&from);
    }
    return good;
}

static bool declare(struct shard_writer *writer, const struct config *config, enum weight_role role,
                    size_t layer, struct err *err)
{
    struct tensor tensor = {.dtype = dtype ? DTYPE_F32 : DTYPE_BF16};
    char name[WEIGHT_NAME];

    weight_name(role, WEIGHT_HF, layer, name);
    tensor.name = text_of(name);
    tensor.rank = weight_shape(role, config, tensor.shape);
    return safetensors_writer_declare(&writer->declared, &tensor, err);
}

/* Norms multiply, so they stand about 1. */
static float middle_of(enum weight_role role)
{
    switch (role) {
    case WEIGHT_FINAL_NORM:
    case WEIGHT_INPUT_NORM:
    case WEIGHT_FEED_NORM:
    case WEIGHT_Q_NORM:
    case WEIGHT_K_NORM: return 1;
    default: return 0;
    }
}

static bool fill(struct shard_writer *writer, const struct config *config, enum weight_role role,
                 size_t layer, struct err *err)
{
    static float values[CHUNK];
    static bf16 narrowed[CHUNK];
    const uint64_t key = mix(mix(mix(seed) ^ role) ^ layer);
    const float middle = middle_of(role);
    uint64_t shape[2], count;

    count = weight_shape(role, config, shape) == 1 ? shape[0] : shape[0] * shape[1];
    for (uint64_t begin = 0; begin < count; begin += CHUNK) {
        const size_t n = count - begin < CHUNK ? (size_t)(count - begin) : CHUNK;

        for (size_t i = 0; i < n; i++) values[i] = middle + draw(key, begin + i);
        for (size_t i = 0; !dtype && i < n; i++) narrowed[i] = narrow(values[i]);
        if (!shard_writer_write(writer, dtype ? (const void *)values : narrowed,
                                n * (dtype ? sizeof *values : sizeof *narrowed), err))
            return false;
    }
    return true;
}

static bool for_each_weight(struct shard_writer *writer, const struct config *config,
                            bool act(struct shard_writer *, const struct config *, enum weight_role,
                                     size_t, struct err *),
                            struct err *err)
{
    for (enum weight_role role = 0; role < WEIGHT_ROLES; role++) {
        const size_t layers = weight_per_layer(role) ? config->layers : 1;

        for (size_t layer = 0; weight_present(role, config) && layer < layers; layer++)
            if (!act(writer, config, role, layer, err)) return false;
    }
    return true;
}

static bool write_weights(const struct config *config, struct err *err)
{
    struct shard_writer writer;
    bool good;

    shard_writer_init(&writer, settings.output, shard_limit);
    good = for_each_weight(&writer, config, declare, err) && shard_writer_begin(&writer, err) &&
           for_each_weight(&writer, config, fill, err) && shard_writer_commit(&writer, err);
    shard_writer_release(&writer);
    return good;
}

static bool seed_model(const char *path, struct err *err)
{
    struct buffer text = {0};
    struct config config;
    bool good;

    good = read_whole_file(path, &text, FILE_LIMIT, err) &&
           config_from_json(&config, (struct text){text.at, text.len}, path, err);
    buffer_release(&text);
    if (!good) return false;
    if (mkdir(settings.output, 0777) != 0 && errno != EEXIST)
        return err_errno(err, "%s", settings.output);
    return copy(path, "config.json", err) && copy_language(err) && write_weights(&config, err);
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct err err;

    if (!files[0] || files[1]) die_usage("one CONFIG.json says what to write");
    if (!settings.output) die_usage("-o FOLDER is missing");
    if (!seed_model(files[0], &err)) die_of(&err);
    return EXIT_DONE;
}

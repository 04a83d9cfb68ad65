#include "learn/reference.h"

#include "core/memory.h"
#include "hash/sha256.h"
#include "lanes/cpu.h"
#include "safetensors/safetensors_writer.h"
#include "tensor/load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* To be changed whenever the same inputs give other numbers. */
#define VERSION_OF_NUMBERS 1

void reference_identity(const struct policy *policy, const char *model, unsigned bits,
                        char identity[REFERENCE_IDENTITY])
{
    struct sha256 sha;
    char line[128];

    snprintf(line, sizeof line, "%s %u\n", model, bits);
    sha256_init(&sha);
    sha256_add(&sha, line, strlen(line));
    if (policy->start) {
        const struct parameters *parameters = &policy->start->parameters;

        for (size_t i = 0; i < policy->start->layers * WEIGHT_LINEARS; i++)
            sha256_add(&sha, &policy->start->loras[i].scale, sizeof(float));
        sha256_add(&sha, parameters->values, parameters->size * sizeof *parameters->values);
    }
    sha256_hex(&sha, identity);
}

static char *cache_path(const struct reference_options *options, const struct policy *policy,
                        struct examples *examples, struct err *err)
{
    const struct decoder *decoder = policy->frozen ? policy->frozen : &policy->decoder;
    struct buffer path = {0};
    struct sha256 sha;
    char digest[65], line[256], all[65];

    if (!examples_digest(examples, digest, err)) return NULL;
    snprintf(line, sizeof line, "%d %s %s %s %s", VERSION_OF_NUMBERS, options->identity, digest,
             decoder->gemm.kernel->name, cpu_level_name(cpu_level()));
    sha256_init(&sha);
    sha256_add(&sha, line, strlen(line));
    sha256_hex(&sha, all);
    buffer_format(&path, "%s/reference-%.32s.safetensors", options->cache, all);
    buffer_byte(&path, '\0');
    return path.at;
}

/* False when there is no such file, or it is not what it should be. */
static bool load(struct reference *reference, const char *path)
{
    struct safetensors file;
    const struct tensor *tensor;
    struct err err;
    bool good;

    if (!safetensors_open(&file, path, &err)) return false;
    tensor = safetensors_find(&file, TEXT("logps"));
    good = tensor && tensor->dtype == DTYPE_F64 && tensor->rank == 1 &&
           tensor->shape[0] == reference->tokens;
    for (size_t i = 0; good && i < reference->tokens; i++) {
        reference->logps[i] = load_f64(tensor->at + 8 * i);
        good = isfinite(reference->logps[i]);
    }
    safetensors_close(&file);
    return good;
}

static bool write_file(const struct reference *reference, struct outfile *out, struct err *err)
{
    const struct tensor tensor = {
        .name = TEXT("logps"), .dtype = DTYPE_F64, .rank = 1, .shape = {reference->tokens}};
    struct safetensors_writer writer;
    bool good;

    safetensors_writer_init(&writer);
    good = safetensors_writer_declare(&writer, &tensor, err) &&
           safetensors_writer_begin(&writer, out, err);
    for (size_t i = 0; good && i < reference->tokens; i++) {
        unsigned char bytes[8];

        store_f64(bytes, reference->logps[i]);
        good = safetensors_writer_write(&writer, bytes, sizeof bytes, err);
    }
    good = good && safetensors_writer_finish(&writer, err);
    safetensors_writer_release(&writer);
    return good;
}

static bool store(const struct reference *reference, const char *path, struct err *err)
{
    struct outfile out;

    if (!outfile_open(&out, path, err)) return false;
    if (write_file(reference, &out, err) && outfile_commit(&out, err)) return true;
    outfile_abandon(&out);
    return false;
}

static void find_begins(struct reference *reference, const struct examples *examples)
{
    reference->begin = mem_zero(examples->count + 1, sizeof *reference->begin);
    for (size_t i = 0; i < examples->count; i++)
        reference->begin[i + 1] =
            reference->begin[i] + examples->items[i].scored[0] + examples->items[i].scored[1];
    reference->tokens = (size_t)reference->begin[examples->count];
    reference->logps = mem_zero(reference->tokens, sizeof *reference->logps);
}

static bool check_finite(const struct reference *reference, const struct examples *examples,
                         size_t from, size_t to, struct err *err)
{
    for (size_t i = from; i < to; i++)
        for (uint64_t j = reference->begin[i]; j < reference->begin[i + 1]; j++)
            if (!isfinite(reference->logps[j]))
                return err_set(err,
                               "%s:%llu: the reference model gives no finite log-probabilities",
                               examples_path(examples, examples->items[i].file),
                               (unsigned long long)examples->items[i].line);
    return true;
}

/* Has the batch room for that example? For the first one it has. */
static bool fits(const struct reference_options *options, const struct batch *batch,
                 const struct examples *examples, size_t i)
{
    const struct example *example = examples->items + i;

    return i < examples->count &&
           (batch->rows == 0 ||
            (batch->rows + example->rows <= options->rows &&
             batch->scored_count + example->scored[0] + example->scored[1] <= options->scored));
}

static bool compute(struct reference *reference, struct policy *policy, struct examples *examples,
                    const struct reference_options *options, struct err *err)
{
    struct batch batch = {0};
    bool good = true;

    *err = (struct err){0};
    for (size_t at = 0, end; good && at < examples->count; at = end) {
        batch_clear(&batch);
        for (end = at; good && fits(options, &batch, examples, end); end++)
            good = examples_add(examples, end, &batch, err);
        if (!good) break;
        policy_reference(policy, &batch, reference->logps + reference->begin[at], NULL);
        good = check_finite(reference, examples, at, end, err) &&
               (!options->go_on || options->go_on(options->context, end, examples->count));
    }
    batch_release(&batch);
    return good;
}

bool reference_find(struct reference *reference, struct policy *policy, struct examples *examples,
                    const struct reference_options *options, struct err *err)
{
    char *path = NULL;
    bool good;

    *reference = (struct reference){0};
    if (options->cache && !(path = cache_path(options, policy, examples, err))) return false;
    find_begins(reference, examples);
    reference->found = path && load(reference, path);
    good = reference->found || (compute(reference, policy, examples, options, err) &&
                                (!path || store(reference, path, err)));
    if (!good) reference_release(reference);
    mem_free(path);
    return good;
}

size_t reference_bytes(const struct examples *examples)
{
    return (size_t)examples->scored * sizeof(double) + (examples->count + 1) * sizeof(uint64_t);
}

void reference_blank(struct reference *reference, const struct examples *examples)
{
    *reference = (struct reference){0};
    find_begins(reference, examples);
}

void reference_release(struct reference *reference)
{
    mem_free(reference->logps);
    mem_free(reference->begin);
    *reference = (struct reference){0};
}

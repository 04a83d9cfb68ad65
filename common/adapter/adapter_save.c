#include "adapter/adapter.h"
#include "adapter/adapter_config.h"
#include "safetensors/safetensors_writer.h"
#include "tensor/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Numbers are turned to the file's bytes in runs of this many. */
#define RUN ((size_t)4096)

static int by_name(const void *a, const void *b)
{
    const struct parameter *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static bool write_values(struct safetensors_writer *writer, const float *values, size_t count,
                         struct err *err)
{
    uint32_t run[RUN];
    bool good = true;

    for (size_t at = 0; good && at < count; at += RUN) {
        const size_t some = count - at < RUN ? count - at : RUN;

        memcpy(run, values + at, some * sizeof *run);
        for (size_t i = 0; i < some; i++) run[i] = htole32(run[i]);
        good = safetensors_writer_write(writer, run, some * sizeof *run, err);
    }
    return good;
}

static bool declare(struct safetensors_writer *writer, const struct parameter *parameter,
                    struct err *err)
{
    const struct tensor tensor = {.name = text_of(parameter->name),
                                  .dtype = DTYPE_F32,
                                  .rank = parameter->rank,
                                  .shape = {parameter->shape[0], parameter->shape[1]}};

    return safetensors_writer_declare(writer, &tensor, err);
}

/* The order in the file is that of PEFT: by name. */
static bool write_tensors(const struct parameters *parameters, struct outfile *out, struct err *err)
{
    const size_t bytes = parameters->count * sizeof *parameters->items;
    struct parameter *sorted = mem_alloc(bytes);
    struct safetensors_writer writer;
    bool good = true;

    memcpy(sorted, parameters->items, bytes);
    qsort(sorted, parameters->count, sizeof *sorted, by_name);
    safetensors_writer_init(&writer);
    for (size_t i = 0; good && i < parameters->count; i++) good = declare(&writer, &sorted[i], err);
    good = good && safetensors_writer_begin(&writer, out, err);
    for (size_t i = 0; good && i < parameters->count; i++)
        good = write_values(&writer, parameters->values + sorted[i].offset, sorted[i].count, err);
    good = good && safetensors_writer_finish(&writer, err);
    safetensors_writer_release(&writer);
    mem_free(sorted);
    return good;
}

static bool write_config(const struct adapter_options *options, struct outfile *out,
                         struct err *err)
{
    struct buffer text = {0};
    bool good;

    adapter_config_write(options, &text);
    good = outfile_write(out, text.at, text.len, err);
    buffer_release(&text);
    return good;
}

static char *path_in(const char *folder, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", folder, name);
    buffer_byte(&path, '\0');
    return path.at;
}

static bool save(const struct adapter *adapter, const char *weights, const char *config,
                 struct err *err)
{
    struct outfile files[2];
    struct outfile *const both[] = {&files[0], &files[1]};
    bool good;

    if (!outfile_open(&files[0], weights, err)) return false;
    if (!outfile_open(&files[1], config, err)) {
        outfile_abandon(&files[0]);
        return false;
    }
    good = write_tensors(&adapter->parameters, &files[0], err) &&
           write_config(&adapter->options, &files[1], err) && outfile_commit_all(both, 2, err);
    if (!good) {
        outfile_abandon(&files[0]);
        outfile_abandon(&files[1]);
    }
    return good;
}

bool adapter_save(const struct adapter *adapter, const char *path, struct err *err)
{
    char *weights, *config;
    bool good;

    if (mkdir(path, 0777) != 0 && errno != EEXIST) return err_errno(err, "%s", path);
    weights = path_in(path, "adapter_model.safetensors");
    config = path_in(path, "adapter_config.json");
    good = save(adapter, weights, config, err);
    mem_free(weights);
    mem_free(config);
    return good;
}

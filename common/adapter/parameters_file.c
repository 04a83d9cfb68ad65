#include "adapter/parameters_file.h"

#include "core/memory.h"
#include "hash/lookup.h"
#include "safetensors/safetensors_writer.h"
#include "tensor/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers are turned to the file's bytes in runs of this many. */
#define RUN ((size_t)16384)
#define SHAPE ((size_t)64)

static int by_name(const void *a, const void *b)
{
    const struct parameter *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static bool declare(struct safetensors_writer *writer, const struct parameter *parameter,
                    const struct parameter_array *array, struct err *err)
{
    char *name = mem_format("%s%s", parameter->name, array->ending);
    const struct tensor tensor = {.name = text_of(name),
                                  .dtype = DTYPE_F32,
                                  .rank = parameter->rank,
                                  .shape = {parameter->shape[0], parameter->shape[1]}};
    const bool good = safetensors_writer_declare(writer, &tensor, err);

    mem_free(name);
    return good;
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

static bool write_all(const struct parameters_file *file, const struct parameter *sorted,
                      struct safetensors_writer *writer, struct outfile *out, struct err *err)
{
    const size_t tensors = file->parameters->count * file->count;
    bool good = true;

    for (size_t i = 0; good && i < tensors; i++)
        good = declare(writer, &sorted[i / file->count], &file->arrays[i % file->count], err);
    good = good && safetensors_writer_begin(writer, out, err);
    for (size_t i = 0; good && i < tensors; i++) {
        const struct parameter *parameter = &sorted[i / file->count];

        good = write_values(writer, file->arrays[i % file->count].at + parameter->offset,
                            parameter->count, err);
    }
    return good && safetensors_writer_finish(writer, err);
}

bool parameters_file_write(const struct parameters_file *file, const struct st_pair *note,
                           struct outfile *out, struct err *err)
{
    const size_t bytes = file->parameters->count * sizeof *file->parameters->items;
    struct parameter *sorted = mem_alloc(bytes);
    struct safetensors_writer writer;
    bool good;

    memcpy(sorted, file->parameters->items, bytes);
    qsort(sorted, file->parameters->count, sizeof *sorted, by_name);
    safetensors_writer_init(&writer);
    good = (!note || safetensors_writer_set(&writer, note->key, note->value, err)) &&
           write_all(file, sorted, &writer, out, err);
    safetensors_writer_release(&writer);
    mem_free(sorted);
    return good;
}

static void show_shape(char text[SHAPE], const struct parameter *parameter)
{
    const unsigned long long rows = parameter->shape[0], columns = parameter->shape[1];

    if (parameter->rank == 1)
        snprintf(text, SHAPE, "[%llu]", rows);
    else
        snprintf(text, SHAPE, "[%llu, %llu]", rows, columns);
}

static bool check_tensor(const struct parameters_file *file, const struct parameter *parameter,
                         const char *name, const struct safetensors *weights, struct err *err)
{
    const struct tensor *tensor = safetensors_find(weights, text_of(name));
    const char *path = weights->file.path;
    char shape[SHAPE];

    if (!tensor) return err_set(err, "%s: there is no tensor '%s'", path, name);
    if (tensor->rank != parameter->rank || tensor->shape[0] != parameter->shape[0] ||
        (tensor->rank == 2 && tensor->shape[1] != parameter->shape[1])) {
        show_shape(shape, parameter);
        return err_set(err, "%s: '%s' is not %s, as %s say", path, name, shape, file->told_by);
    }
    if (tensor->dtype != DTYPE_F32 && tensor->dtype != DTYPE_F16 && tensor->dtype != DTYPE_BF16)
        return err_set(err, "%s: '%s' is %s, not F32, F16 or BF16", path, name,
                       dtype_info(tensor->dtype)->name);
    return true;
}

static bool is_known(const struct parameters_file *file, const struct lookup *names,
                     struct text name)
{
    bool known = false;

    for (size_t i = 0; i < file->count && !known; i++) {
        const struct text ending = text_of(file->arrays[i].ending);

        if (name.len >= ending.len && (ending.len == 0 || memcmp(name.at + name.len - ending.len,
                                                                 ending.at, ending.len) == 0))
            known = lookup_find(names, (struct text){name.at, name.len - ending.len}) != NULL;
    }
    return known;
}

static bool name_extra(const struct parameters_file *file, const struct safetensors *weights,
                       struct err *err)
{
    struct text extra = TEXT("");
    struct lookup names = {0};

    for (size_t i = 0; i < file->parameters->count; i++)
        lookup_add(&names, text_of(file->parameters->items[i].name), i);
    for (size_t i = 0; i < weights->header.count && !extra.len; i++)
        if (!is_known(file, &names, weights->header.tensors[i].name))
            extra = weights->header.tensors[i].name;
    lookup_release(&names);
    return err_set(err, "%s: '%.*s' is not one of the tensors by %s", weights->file.path,
                   (int)(extra.len < 200 ? extra.len : 200), extra.at, file->told_by);
}

bool parameters_file_check(const struct parameters_file *file, const struct safetensors *weights,
                           struct err *err)
{
    const size_t tensors = file->parameters->count * file->count;
    bool good = true;

    for (size_t i = 0; good && i < tensors; i++) {
        const struct parameter *parameter = &file->parameters->items[i / file->count];
        char *name = mem_format("%s%s", parameter->name, file->arrays[i % file->count].ending);

        good = check_tensor(file, parameter, name, weights, err);
        mem_free(name);
    }
    return good && (weights->header.count == tensors || name_extra(file, weights, err));
}

static bool read_tensor(const struct parameter *parameter, const struct parameter_array *array,
                        const struct safetensors *weights, struct err *err)
{
    float *values = array->at + parameter->offset;
    char *name = mem_format("%s%s", parameter->name, array->ending);
    const struct tensor *tensor = safetensors_find(weights, text_of(name));
    size_t i = 0;

    dtype_info(tensor->dtype)->to_f32(tensor->at, values, parameter->count);
    while (i < parameter->count && isfinite(values[i])) i++;
    if (i < parameter->count)
        err_set(err, "%s: '%s' holds %s", weights->file.path, name,
                isnan(values[i]) ? "a NaN" : "an infinity");
    mem_free(name);
    return i == parameter->count;
}

bool parameters_file_read(const struct parameters_file *file, const struct safetensors *weights,
                          struct err *err)
{
    const size_t tensors = file->parameters->count * file->count;
    bool good = true;

    for (size_t i = 0; good && i < tensors; i++)
        good = read_tensor(&file->parameters->items[i / file->count],
                           &file->arrays[i % file->count], weights, err);
    return good;
}

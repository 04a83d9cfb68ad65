#include "unit/carried.h"

#include "core/memory.h"
#include "safetensors/safetensors.h"
#include "safetensors/safetensors_writer.h"
#include "unit/files.h"
#include "unit/numeric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {"config.json", "generation_config.json", "tokenizer.json",
                                    "tokenizer_config.json", NULL};

static void die_here(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(1);
}

/* The text of a file, changed; false where it is left out. */
static bool read_text(const struct carried *carried, const char *file, struct buffer *text)
{
    const char *path = numeric_path("models/%s/%s", carried->model, file);
    const bool ours = carried->file && strcmp(carried->file, file) == 0;
    char *whole = files_read(path, NULL), *at;

    if (!whole) die_here(path);
    text->len = 0;
    at = ours && carried->from ? strstr(whole, carried->from) : NULL;
    if (ours && carried->from && !at) die_here(carried->from);
    if (at) {
        buffer_add(text, whole, (size_t)(at - whole));
        buffer_text(text, carried->to);
        buffer_text(text, at + strlen(carried->from));
    } else {
        buffer_text(text, whole);
    }
    mem_free(whole);
    return !ours || carried->from;
}

static const struct tensor *tensor_at(const struct carried *carried, const struct st_header *header,
                                      size_t i)
{
    const struct tensor *tensor = &header->tensors[carried->reversed ? header->count - 1 - i : i];

    return carried->without && text_is(tensor->name, carried->without) ? NULL : tensor;
}

static void declare(struct safetensors_writer *writer, const struct carried *carried,
                    const struct st_header *header)
{
    const struct tensor extra = {.name = text_of(carried->extra ? carried->extra : ""),
                                 .dtype = DTYPE_F32,
                                 .rank = 1,
                                 .shape = {2}};
    struct err err;

    for (size_t i = 0; i < header->count; i++) {
        const struct tensor *tensor = tensor_at(carried, header, i);

        if (tensor && !safetensors_writer_declare(writer, tensor, &err)) die_here(err.text);
    }
    if (carried->extra && !safetensors_writer_declare(writer, &extra, &err)) die_here(err.text);
}

static void write_data(struct safetensors_writer *writer, const struct carried *carried,
                       const struct st_header *header)
{
    static const float two[2] = {1, 2};
    struct err err;

    for (size_t i = 0; i < header->count; i++) {
        const struct tensor *tensor = tensor_at(carried, header, i);
        size_t done = 0;

        if (!tensor) continue;
        if (carried->spoiled && text_is(tensor->name, carried->spoiled)) {
            done = sizeof carried->number;
            if (!safetensors_writer_write(writer, &carried->number, done, &err)) die_here(err.text);
        }
        if (!safetensors_writer_write(writer, tensor->at + done, tensor->bytes - done, &err))
            die_here(err.text);
    }
    if (carried->extra && !safetensors_writer_write(writer, two, sizeof two, &err))
        die_here(err.text);
}

static const char *write_weights(const char *path, const struct carried *carried, bool texts_too)
{
    struct safetensors_writer writer;
    struct safetensors weights;
    struct buffer text = {0};
    struct outfile out;
    struct err err;

    if (!safetensors_open(&weights, numeric_path("models/%s/model.safetensors", carried->model),
                          &err))
        die_here(err.text);
    safetensors_writer_init(&writer);
    declare(&writer, carried, &weights.header);
    for (int i = 0; texts_too && texts[i]; i++)
        if (read_text(carried, texts[i], &text) &&
            !safetensors_writer_set(&writer, text_of(texts[i]), (struct text){text.at, text.len},
                                    &err))
            die_here(err.text);
    if (!outfile_open(&out, path, &err) || !safetensors_writer_begin(&writer, &out, &err))
        die_here(err.text);
    write_data(&writer, carried, &weights.header);
    if (!safetensors_writer_finish(&writer, &err) || !outfile_commit(&out, &err))
        die_here(err.text);
    safetensors_writer_release(&writer);
    safetensors_close(&weights);
    buffer_release(&text);
    return path;
}

const char *carried_stream(const char *name, const struct carried *carried)
{
    return write_weights(files_write(name, "", 0), carried, true);
}

const char *carried_folder(const char *name, const struct carried *carried)
{
    struct buffer text = {0};
    char path[256];

    for (int i = 0; texts[i]; i++) {
        if (!read_text(carried, texts[i], &text)) continue;
        snprintf(path, sizeof path, "%s/%s", name, texts[i]);
        files_write(path, text.at, text.len);
    }
    buffer_release(&text);
    snprintf(path, sizeof path, "%s/model.safetensors", name);
    write_weights(files_write(path, "", 0), carried, false);
    return files_path(name);
}

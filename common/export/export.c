#include "export/export.h"

#include "export/keys.h"
#include "export/layout.h"
#include "export/tensors.h"

enum { IMATRIX_TEXT = 127 }; /* bytes that the quantiser keeps of a name */

/* What the converter writes by itself. */
static bool is_converted(const struct export *export, const struct origin *origin)
{
    switch (export->type->kind) {
    case FILE_F32:
    case FILE_F16:
    case FILE_BF16:
    case FILE_Q8_0: return !origin->has_gguf;
    default: return false;
    }
}

/* What the quantiser sets, behind all other keys. */
static void write_imatrix(const struct imatrix *imatrix, struct gguf_writer *writer)
{
    const struct text file = text_of(imatrix->file.path), set = imatrix->dataset;

    gguf_writer_text(writer, "quantize.imatrix.file",
                     (struct text){file.at, file.len < IMATRIX_TEXT ? file.len : IMATRIX_TEXT});
    if (set.len)
        gguf_writer_text(writer, "quantize.imatrix.dataset",
                         (struct text){set.at, set.len < IMATRIX_TEXT ? set.len : IMATRIX_TEXT});
    gguf_writer_u32(writer, "quantize.imatrix.entries_count", (uint32_t)imatrix->count);
    if (imatrix->chunks) gguf_writer_u32(writer, "quantize.imatrix.chunks_count", imatrix->chunks);
}

static bool is_dropped(struct text key, bool imatrix)
{
    static const char *const dropped[] = {"general.quantization_version",
                                          "general.file_type",
                                          "general.alignment",
                                          "split.no",
                                          "split.count",
                                          "split.tensors.count",
                                          NULL};
    static const char *const replaced[] = {"quantize.imatrix.file", "quantize.imatrix.dataset",
                                           "quantize.imatrix.entries_count",
                                           "quantize.imatrix.chunks_count", NULL};

    for (size_t i = 0; dropped[i]; i++)
        if (text_is(key, dropped[i])) return true;
    for (size_t i = 0; imatrix && replaced[i]; i++)
        if (text_is(key, replaced[i])) return true;
    return false;
}

/* A GGUF file's own keys, in their order, but for those that the quantiser sets. */
static void copy_keys(const struct export *export, const struct gguf *gguf,
                      struct gguf_writer *writer)
{
    const struct text name = text_of(export->name ? export->name : "");
    bool named = !export->name;

    for (size_t i = 0; i < gguf->pair_count; i++) {
        const struct gguf_pair *pair = &gguf->pairs[i];

        if (is_dropped(pair->key, export->imatrix != NULL)) continue;
        if (export->name && text_is(pair->key, "general.name")) {
            gguf_writer_text(writer, "general.name", name);
            named = true;
        } else {
            gguf_writer_value(writer, pair->key, &pair->value);
        }
    }
    if (!named) gguf_writer_text(writer, "general.name", name);
}

static bool write_keys(const struct export *export, const struct origin *origin,
                       const struct layout *layout, struct gguf_writer *writer, struct err *err)
{
    const bool quantised = !is_converted(export, origin);
    const struct keys keys = {.name = export->name,
                              .file_type = (uint32_t) export->type->kind,
                              .quantised = quantised,
                              .parameters = layout->parameters};

    if (origin->has_gguf)
        copy_keys(export, &origin->model.gguf, writer);
    else if (!keys_write(&keys, origin, writer, err))
        return false;
    if (quantised) keys_write_type(keys.file_type, writer);
    if (quantised && export->imatrix) write_imatrix(export->imatrix, writer);
    return true;
}

static bool write_file(struct export *export, struct origin *origin, struct layout *layout,
                       struct gguf_writer *writer, struct outfile *out, struct err *err)
{
    const struct tensors tensors = {.origin = origin,
                                    .layout = layout,
                                    .writer = writer,
                                    .team = export->team,
                                    .deviations = export->verify ? export->deviations : NULL,
                                    .progress = export->progress};

    if (is_converted(export, origin))
        layout_convert(layout, export->type->dtype);
    else if (!layout_quantise(layout, origin, export->type, export->imatrix, err))
        return false;
    export->tensors = layout->count;
    export->parameters = layout->parameters;
    return write_keys(export, origin, layout, writer, err) && layout_declare(layout, writer, err) &&
           tensors_write(&tensors, out, err);
}

bool export_run(struct export *export, struct origin *origin, struct outfile *out, struct err *err)
{
    struct gguf_writer writer;
    struct layout layout;
    bool good;

    if (!layout_make(&layout, origin, err)) return false;
    if (export->warn) keys_unsaid(&origin->model.config, export->warn);
    gguf_writer_init(&writer);
    good = write_file(export, origin, &layout, &writer, out, err);
    export->bytes = writer.data_begin + writer.data_bytes;
    gguf_writer_release(&writer);
    layout_release(&layout);
    return good;
}

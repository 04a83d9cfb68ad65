#include "base/base_cache.h"

#include "model/identity.h"
#include "safetensors/safetensors_writer.h"
#include "tensor/absmax.h"

#include <stdio.h>

/* To be changed whenever the same weights give other bytes. */
#define VERSION_OF_FILE 1

static const char *form_name(enum matrix_form form)
{
    return form == MATRIX_INT8 ? "int8" : "nf4";
}

void base_cache_identity(const struct linear *linears, size_t count, enum matrix_form form,
                         char identity[BASE_IDENTITY])
{
    struct sha256 sha;
    char line[32];

    sha256_init(&sha);
    snprintf(line, sizeof line, "%d %s\n", VERSION_OF_FILE, form_name(form));
    sha256_add(&sha, line, strlen(line));
    for (size_t i = 0; i < count; i++)
        identity_add(&sha, linears[i].role, linears[i].layer, linears[i].weight);
    sha256_hex(&sha, identity);
}

char *base_cache_path(const char *folder, enum matrix_form form, const char *identity)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/base-%.32s.%s", folder, identity, form_name(form));
    buffer_byte(&path, '\0');
    return path.at;
}

/* One tensor of the file. */
struct part {
    const char *suffix;
    enum dtype dtype;
    size_t extent;    /* with what fills it up */
    const void *data; /* so many bytes */
    size_t bytes;
};

enum { PARTS = 4 };

static size_t filled_up(size_t bytes)
{
    return bytes + (4 - bytes % 4) % 4;
}

/* What quantised has of each, sizes in any case. */
static size_t parts_of(const struct quantised *quantised, struct part parts[PARTS])
{
    const bool nf4 = quantised->form == MATRIX_NF4;
    const size_t scales = quantised->scale_count, codes = quantised->code_bytes;
    const size_t absmax = quantised->absmax_bytes;
    size_t count = 0;

    parts[count++] = (struct part){".scales", DTYPE_F32, scales, quantised->scales, 4 * scales};
    if (nf4) parts[count++] = (struct part){".offset", DTYPE_F32, 1, &quantised->offset, 4};
    parts[count++] =
        (struct part){"", nf4 ? DTYPE_U8 : DTYPE_I8, filled_up(codes), quantised->codes, codes};
    if (nf4)
        parts[count++] =
            (struct part){".absmax", DTYPE_U8, filled_up(absmax), quantised->absmax, absmax};
    return count;
}

struct part_name {
    char text[WEIGHT_NAME + 8];
};

static struct text name_part(const struct linear *linear, const struct part *part,
                             struct part_name *name)
{
    char weight[WEIGHT_NAME];

    weight_name(linear->role, WEIGHT_HF, linear->layer, weight);
    snprintf(name->text, sizeof name->text, "%s%s", weight, part->suffix);
    return text_of(name->text);
}

/* A part's bytes when it is there as it should be, or NULL. */
static const unsigned char *find_part(const struct safetensors *file, const struct linear *linear,
                                      const struct part *part)
{
    struct part_name name;
    const struct tensor *tensor = safetensors_find(file, name_part(linear, part, &name));

    return tensor && tensor->dtype == part->dtype && tensor->rank == 1 &&
                   tensor->shape[0] == part->extent
               ? tensor->at
               : NULL;
}

static void copy_floats(float *out, const unsigned char *at, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = float_of_bits(load_u32(at + 4 * i));
}

static bool find_parts(const struct safetensors *file, struct linear *linear, enum matrix_form form)
{
    struct quantised *found = &linear->parts;
    struct part parts[PARTS];
    const unsigned char *at[PARTS] = {NULL};
    size_t count;

    *found = linear_sizes(linear, form);
    count = parts_of(found, parts);
    for (size_t i = 0; i < count; i++)
        if (!(at[i] = find_part(file, linear, &parts[i]))) return false;
    found->scales = mem_zero(found->scale_count, sizeof *found->scales);
    copy_floats(found->scales, at[0], found->scale_count);
    if (form == MATRIX_NF4) copy_floats(&found->offset, at[1], 1);
    found->codes = (unsigned char *)at[form == MATRIX_NF4 ? 2 : 1];
    if (form == MATRIX_NF4) found->absmax = (unsigned char *)at[3];
    return absmax_bits(found->scales, found->scale_count) < ABSMAX_FINITE &&
           absmax_bits(&found->offset, 1) < ABSMAX_FINITE;
}

bool base_cache_load(struct safetensors *file, const char *path, struct linear *linears,
                     size_t count, enum matrix_form form, const char *identity)
{
    struct err ignored;
    bool good;

    if (!safetensors_open(file, path, &ignored)) {
        *file = (struct safetensors){0};
        return false;
    }
    good = text_is(safetensors_metadata(file, "identity"), identity);
    for (size_t i = 0; good && i < count; i++) good = find_parts(file, &linears[i], form);
    if (good) return true;
    for (size_t i = 0; i < count; i++) {
        mem_free(linears[i].parts.scales);
        linears[i].parts = (struct quantised){0};
    }
    safetensors_close(file);
    *file = (struct safetensors){0};
    return false;
}

static bool declare(struct safetensors_writer *writer, const struct linear *linear,
                    enum matrix_form form, struct err *err)
{
    const struct quantised sizes = linear_sizes(linear, form);
    struct part parts[PARTS];
    const size_t count = parts_of(&sizes, parts);

    for (size_t i = 0; i < count; i++) {
        struct part_name name;
        const struct tensor tensor = {.name = name_part(linear, &parts[i], &name),
                                      .dtype = parts[i].dtype,
                                      .rank = 1,
                                      .shape = {parts[i].extent}};

        if (!safetensors_writer_declare(writer, &tensor, err)) return false;
    }
    return true;
}

/* Bytes go as they are, floats little-endian. */
static bool write_part(struct safetensors_writer *writer, const struct part *part, struct err *err)
{
    static const unsigned char zeros[4];
    const float *floats = part->data;
    const size_t fill = part->dtype == DTYPE_F32 ? 0 : part->extent - part->bytes;

    if (part->dtype != DTYPE_F32)
        return safetensors_writer_write(writer, part->data, part->bytes, err) &&
               (!fill || safetensors_writer_write(writer, zeros, fill, err));
    for (size_t i = 0; i < part->extent; i++) {
        const uint32_t bits = htole32(bits_of_float(floats[i]));

        if (!safetensors_writer_write(writer, &bits, sizeof bits, err)) return false;
    }
    return true;
}

static bool write_linear(struct safetensors_writer *writer, struct linear *linear,
                         enum matrix_form form, struct team *team, struct err *err)
{
    struct part parts[PARTS];
    size_t count;
    bool good = linear_quantise(linear, form, team, err);

    if (!good) return false;
    count = parts_of(&linear->parts, parts);
    for (size_t i = 0; good && i < count; i++) good = write_part(writer, &parts[i], err);
    quantised_release(&linear->parts);
    return good;
}

static bool write_all(struct safetensors_writer *writer, struct outfile *out,
                      struct linear *linears, size_t count, enum matrix_form form,
                      struct team *team, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!declare(writer, &linears[i], form, err)) return false;
    if (!safetensors_writer_begin(writer, out, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!write_linear(writer, &linears[i], form, team, err)) return false;
    return safetensors_writer_finish(writer, err);
}

bool base_cache_write(const char *path, struct linear *linears, size_t count, enum matrix_form form,
                      const char *identity, struct team *team, struct err *err)
{
    struct safetensors_writer writer;
    struct outfile out;
    bool good;

    if (!outfile_open(&out, path, err)) return false;
    safetensors_writer_init(&writer);
    good = safetensors_writer_set(&writer, TEXT("identity"), text_of(identity), err) &&
           write_all(&writer, &out, linears, count, form, team, err) && outfile_commit(&out, err);
    if (!good) outfile_abandon(&out);
    safetensors_writer_release(&writer);
    return good;
}

#include "safetensors/safetensors_writer.h"

#include "safetensors/lexer.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define ALIGNMENT 8 /* of the first tensor in the file */

static struct text copy_text(struct text text)
{
    char *copy = mem_alloc(text.len);

    if (text.len) memcpy(copy, text.at, text.len);
    return (struct text){copy, text.len};
}

static void release_text(struct text text)
{
    mem_free((void *)text.at);
}

static bool is_utf8(struct text text)
{
    size_t i = 0, len = 1;

    while (i < text.len && len) {
        len = (unsigned char)text.at[i] < 0x80 ? 1 : lexer_utf8(text.at + i, text.at + text.len);
        i += len;
    }
    return len > 0;
}

void safetensors_writer_init(struct safetensors_writer *writer)
{
    struct err never;

    *writer = (struct safetensors_writer){0};
    safetensors_writer_set(writer, TEXT("format"), TEXT("pt"), &never);
}

/* What a header with this tensor would be refused for. */
static bool check_tensor(const struct tensor *tensor, uint64_t *bytes, struct err *err)
{
    const struct dtype_info *info = dtype_info(tensor->dtype);
    uint64_t elements = 1;

    assert(tensor->rank <= TENSOR_RANK);
    if (text_is(tensor->name, "__metadata__")) return err_set(err, "a name that is taken");
    if (!is_utf8(tensor->name)) return err_set(err, "a name that is not UTF-8");
    if (tensor->name.len && memchr(tensor->name.at, '\0', tensor->name.len))
        return err_set(err, "a name with a NUL in it");
    if (!info->st_name) return err_set(err, "safetensors have no %s", info->name);
    for (unsigned i = 0; i < tensor->rank; i++)
        if (tensor->shape[i] > ST_EXTENT_LIMIT ||
            __builtin_mul_overflow(elements, tensor->shape[i], &elements))
            return err_set(err, "its shape has too many elements");
    return dtype_bytes(tensor->dtype, elements, bytes) ||
           err_set(err, "its shape has too many bytes");
}

bool safetensors_writer_declare(struct safetensors_writer *writer, const struct tensor *tensor,
                                struct err *err)
{
    struct tensor copy = *tensor;

    assert(!writer->out);
    if (!check_tensor(tensor, &copy.bytes, err))
        return err_prefix(err, "'%.*s'", SHOWN(tensor->name));
    if (lookup_find(&writer->by_name, tensor->name))
        return err_set(err, "'%.*s': declared twice", SHOWN(tensor->name));
    if (writer->count == ST_ENTRY_LIMIT)
        return err_set(err, "more than %zu tensors", writer->count);
    copy.name = copy_text(tensor->name);
    copy.at = NULL;
    lookup_add(&writer->by_name, copy.name, writer->count);
    writer->tensors =
        mem_room(writer->tensors, writer->count, &writer->room, sizeof *writer->tensors);
    writer->tensors[writer->count++] = copy;
    return true;
}

bool safetensors_writer_set(struct safetensors_writer *writer, struct text key, struct text value,
                            struct err *err)
{
    struct st_pair *pair;
    size_t i = 0;

    assert(!writer->out);
    if (!is_utf8(key) || !is_utf8(value))
        return err_set(err, "'__metadata__': '%.*s': not UTF-8", SHOWN(key));
    while (i < writer->metadata_count && (writer->metadata[i].key.len != key.len ||
                                          memcmp(writer->metadata[i].key.at, key.at, key.len) != 0))
        i++;
    if (i == writer->metadata_count) {
        writer->metadata =
            mem_room(writer->metadata, i, &writer->metadata_room, sizeof *writer->metadata);
        writer->metadata[writer->metadata_count++] = (struct st_pair){.key = copy_text(key)};
    }
    pair = &writer->metadata[i];
    release_text(pair->value);
    pair->value = copy_text(value);
    return true;
}

void safetensors_quote(struct buffer *out, struct text text)
{
    static const char letters[256] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                      ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};
    size_t plain = 0;

    buffer_reserve(out, text.len + text.len / 4);
    buffer_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.at[i];

        if (byte >= 0x20 && !letters[byte]) continue;
        buffer_add(out, text.at + plain, i - plain);
        plain = i + 1;
        if (letters[byte])
            buffer_add(out, (char[]){'\\', letters[byte]}, 2);
        else
            buffer_format(out, "\\u%04x", byte);
    }
    buffer_add(out, text.at + plain, text.len - plain);
    buffer_byte(out, '"');
}

static void put_entry(struct buffer *json, const struct tensor *tensor, uint64_t begin)
{
    uint64_t end = begin + tensor->bytes;

    buffer_byte(json, ',');
    safetensors_quote(json, tensor->name);
    buffer_format(json, ":{\"dtype\":\"%s\",\"shape\":[", dtype_info(tensor->dtype)->st_name);
    for (unsigned i = 0; i < tensor->rank; i++)
        buffer_format(json, i ? ",%llu" : "%llu", (unsigned long long)tensor->shape[i]);
    buffer_format(json, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)begin,
                  (unsigned long long)end);
}

static bool make_header(const struct safetensors_writer *writer, struct buffer *json,
                        struct err *err)
{
    uint64_t at = 0;

    buffer_text(json, "{\"__metadata__\":{");
    for (size_t i = 0; i < writer->metadata_count; i++) {
        if (i) buffer_byte(json, ',');
        safetensors_quote(json, writer->metadata[i].key);
        buffer_byte(json, ':');
        safetensors_quote(json, writer->metadata[i].value);
    }
    buffer_byte(json, '}');
    for (size_t i = 0; i < writer->count; i++) {
        const struct tensor *tensor = &writer->tensors[i];

        if (at % dtype_info(tensor->dtype)->bytes)
            return err_set(err, "'%.*s': would not be aligned: declare larger formats first",
                           SHOWN(tensor->name));
        put_entry(json, tensor, at);
        if (__builtin_add_overflow(at, tensor->bytes, &at) || at > INT64_MAX)
            return err_set(err, "the tensors have too many bytes");
    }
    buffer_byte(json, '}');
    while (json->len % ALIGNMENT) buffer_byte(json, ' ');
    return json->len <= ST_HEADER_LIMIT || err_set(err, "a header of %zu bytes, more than %llu",
                                                   json->len, (unsigned long long)ST_HEADER_LIMIT);
}

static const char *name_of(const struct outfile *out)
{
    return out->path ? out->path : "standard output";
}

bool safetensors_writer_begin(struct safetensors_writer *writer, struct outfile *out,
                              struct err *err)
{
    struct buffer json = {0};
    uint64_t length;
    bool good;

    assert(!writer->out);
    writer->out = out;
    good = make_header(writer, &json, err) || err_prefix(err, "%s", name_of(out));
    length = htole64(json.len);
    good = good && outfile_write(out, &length, sizeof length, err) &&
           outfile_write(out, json.at, json.len, err);
    buffer_release(&json);
    return good;
}

/* To the tensor whose bytes come next; those that have none are passed over. */
static bool find_next(struct safetensors_writer *writer)
{
    while (!writer->left && writer->next < writer->count)
        writer->left = writer->tensors[writer->next++].bytes;
    return writer->left > 0;
}

bool safetensors_writer_write(struct safetensors_writer *writer, const void *data, size_t len,
                              struct err *err)
{
    assert(writer->out);
    if (!len) return true;
    if (!find_next(writer))
        return err_set(err, "%s: %zu bytes more than were declared", name_of(writer->out), len);
    if (len > writer->left)
        return err_set(err, "%s: '%.*s': %llu bytes more than were declared", name_of(writer->out),
                       SHOWN(writer->tensors[writer->next - 1].name),
                       (unsigned long long)(len - writer->left));
    writer->left -= len;
    return outfile_write(writer->out, data, len, err);
}

bool safetensors_writer_finish(struct safetensors_writer *writer, struct err *err)
{
    assert(writer->out);
    return !find_next(writer) ||
           err_set(err, "%s: '%.*s': %llu bytes fewer than were declared", name_of(writer->out),
                   SHOWN(writer->tensors[writer->next - 1].name), (unsigned long long)writer->left);
}

void safetensors_writer_release(struct safetensors_writer *writer)
{
    for (size_t i = 0; i < writer->count; i++) release_text(writer->tensors[i].name);
    for (size_t i = 0; i < writer->metadata_count; i++) {
        release_text(writer->metadata[i].key);
        release_text(writer->metadata[i].value);
    }
    mem_free(writer->tensors);
    mem_free(writer->metadata);
    lookup_release(&writer->by_name);
    *writer = (struct safetensors_writer){0};
}

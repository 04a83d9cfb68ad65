#include "gguf/gguf_writer.h"

#include "gguf/gguf.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { GGUF_VERSION = 3, ALIGNMENT = 32, NAME_LIMIT = 63, RANK_LIMIT = 4 };

static void put_u32(struct buffer *out, uint32_t value)
{
    value = htole32(value);
    buffer_add(out, &value, sizeof value);
}

static void put_u64(struct buffer *out, uint64_t value)
{
    value = htole64(value);
    buffer_add(out, &value, sizeof value);
}

static void put_f32(struct buffer *out, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_u32(out, bits);
}

static void put_text(struct buffer *out, struct text text)
{
    put_u64(out, text.len);
    buffer_add(out, text.at, text.len);
}

static const char *name_of(const struct outfile *out)
{
    return out->path ? out->path : "standard output";
}

void gguf_writer_init(struct gguf_writer *writer)
{
    *writer = (struct gguf_writer){0};
}

static struct buffer *begin_pair(struct gguf_writer *writer, struct text key, enum gguf_type type)
{
    writer->pair_count++;
    put_text(&writer->pairs, key);
    put_u32(&writer->pairs, type);
    return &writer->pairs;
}

void gguf_writer_u32(struct gguf_writer *writer, const char *key, uint32_t value)
{
    put_u32(begin_pair(writer, text_of(key), GGUF_U32), value);
}

void gguf_writer_i32(struct gguf_writer *writer, const char *key, int32_t value)
{
    put_u32(begin_pair(writer, text_of(key), GGUF_I32), (uint32_t)value);
}

void gguf_writer_f32(struct gguf_writer *writer, const char *key, float value)
{
    put_f32(begin_pair(writer, text_of(key), GGUF_F32), value);
}

void gguf_writer_bool(struct gguf_writer *writer, const char *key, bool value)
{
    buffer_byte(begin_pair(writer, text_of(key), GGUF_BOOL), value ? 1 : 0);
}

void gguf_writer_text(struct gguf_writer *writer, const char *key, struct text value)
{
    put_text(begin_pair(writer, text_of(key), GGUF_TEXT), value);
}

void gguf_writer_value(struct gguf_writer *writer, struct text key, const struct gguf_value *value)
{
    struct buffer *out = begin_pair(writer, key, value->type);

    if (value->type == GGUF_ARRAY) {
        put_u32(out, value->element);
        put_u64(out, value->count);
    }
    buffer_add(out, value->at, (size_t)(value->end - value->at));
}

void gguf_writer_array(struct gguf_writer *writer, const char *key, enum gguf_type element,
                       uint64_t count)
{
    struct buffer *out = begin_pair(writer, text_of(key), GGUF_ARRAY);

    put_u32(out, element);
    put_u64(out, count);
}

void gguf_writer_item_text(struct gguf_writer *writer, struct text item)
{
    put_text(&writer->pairs, item);
}

void gguf_writer_item_i32(struct gguf_writer *writer, int32_t item)
{
    put_u32(&writer->pairs, (uint32_t)item);
}

void gguf_writer_item_f32(struct gguf_writer *writer, float item)
{
    put_f32(&writer->pairs, item);
}

static void put_head(const struct gguf_writer *writer, uint64_t tensors, struct buffer *out)
{
    buffer_text(out, "GGUF");
    put_u32(out, GGUF_VERSION);
    put_u64(out, tensors);
    put_u64(out, writer->pair_count);
}

void gguf_writer_keys(const struct gguf_writer *writer, struct buffer *out)
{
    put_head(writer, 0, out);
    buffer_add(out, writer->pairs.at, writer->pairs.len);
}

static uint64_t filled_up(uint64_t bytes)
{
    return bytes + (-bytes & (ALIGNMENT - 1));
}

/* The format in elements of a row, the extents multiplied. */
static bool count_bytes(const struct tensor *tensor, uint64_t *bytes, struct err *err)
{
    uint64_t rows = 1, row;

    if (tensor->rank < 1 || tensor->rank > RANK_LIMIT)
        return err_set(err, "'%.*s' has %u dimensions, not 1 to %d", GGUF_SHOWN(tensor->name),
                       tensor->rank, RANK_LIMIT);
    for (unsigned i = 0; i < tensor->rank; i++)
        if (tensor->shape[i] == 0)
            return err_set(err, "'%.*s' has no elements", GGUF_SHOWN(tensor->name));
    if (!dtype_bytes(tensor->dtype, tensor->shape[tensor->rank - 1], &row))
        return err_set(err, "'%.*s' has rows of %" PRIu64 " elements, which %s cannot hold",
                       GGUF_SHOWN(tensor->name), tensor->shape[tensor->rank - 1],
                       dtype_info(tensor->dtype)->name);
    for (unsigned i = 0; i + 1 < tensor->rank; i++)
        if (__builtin_mul_overflow(rows, tensor->shape[i], &rows)) rows = UINT64_MAX;
    if (__builtin_mul_overflow(rows, row, bytes) || *bytes > INT64_MAX)
        return err_set(err, "'%.*s' has more elements than can be counted",
                       GGUF_SHOWN(tensor->name));
    return true;
}

bool gguf_writer_declare(struct gguf_writer *writer, const struct tensor *tensor, struct err *err)
{
    struct gguf_part part = {.offset = writer->data_bytes};

    assert(!writer->out && dtype_info(tensor->dtype)->ggml != DTYPE_NO_GGML);
    if (tensor->name.len < 1 || tensor->name.len > NAME_LIMIT)
        return err_set(err, "'%.*s' has a name of %zu bytes, not 1 to %d", GGUF_SHOWN(tensor->name),
                       tensor->name.len, NAME_LIMIT);
    if (!count_bytes(tensor, &part.bytes, err)) return false;
    if (__builtin_add_overflow(writer->data_bytes, filled_up(part.bytes), &writer->data_bytes) ||
        writer->data_bytes > INT64_MAX)
        return err_set(err, "more tensors than a file can hold");
    put_text(&writer->tensors, tensor->name);
    put_u32(&writer->tensors, tensor->rank);
    for (unsigned i = tensor->rank; i-- > 0;) put_u64(&writer->tensors, tensor->shape[i]);
    put_u32(&writer->tensors, (uint32_t)dtype_info(tensor->dtype)->ggml);
    put_u64(&writer->tensors, part.offset);
    part.name = mem_format("%.*s", (int)tensor->name.len, tensor->name.at);
    writer->parts = mem_room(writer->parts, writer->count, &writer->room, sizeof *writer->parts);
    writer->parts[writer->count++] = part;
    return true;
}

static bool write_zeros(struct gguf_writer *writer, uint64_t count, struct err *err)
{
    static const char zeros[ALIGNMENT];

    return outfile_write(writer->out, zeros, (size_t)count, err);
}

bool gguf_writer_begin(struct gguf_writer *writer, struct outfile *out, bool placed,
                       struct err *err)
{
    struct buffer head = {0};
    uint64_t len;
    bool good;

    writer->out = out;
    writer->placed = placed;
    put_head(writer, writer->count, &head);
    len = head.len + writer->pairs.len + writer->tensors.len;
    writer->data_begin = filled_up(len);
    good = !outfile_can_place(out) ||
           outfile_extend(out, writer->data_begin + writer->data_bytes, err);
    good = good && outfile_write(out, head.at, head.len, err) &&
           outfile_write(out, writer->pairs.at, writer->pairs.len, err) &&
           outfile_write(out, writer->tensors.at, writer->tensors.len, err) &&
           write_zeros(writer, writer->data_begin - len, err) &&
           (!placed || outfile_flush(out, err));
    buffer_release(&head);
    return good;
}

bool gguf_writer_write(struct gguf_writer *writer, size_t part, const void *data, size_t len,
                       struct err *err)
{
    const struct gguf_part *of = &writer->parts[part];

    assert(writer->out && part < writer->count);
    if (writer->done == 0 && writer->placed) writer->part = part;
    assert(part == writer->part && len <= of->bytes - writer->done);
    if (writer->placed ? !outfile_place(writer->out, writer->data_begin + of->offset + writer->done,
                                        data, len, err)
                       : !outfile_write(writer->out, data, len, err))
        return false;
    writer->done += len;
    if (writer->done < of->bytes) return true;
    writer->done = 0;
    writer->ended++;
    writer->part++;
    return writer->placed || write_zeros(writer, filled_up(of->bytes) - of->bytes, err);
}

static bool compare(const struct gguf_writer *writer, const struct gguf *gguf, struct err *err)
{
    bool same = gguf->pair_count == writer->pair_count && gguf->tensor_count == writer->count;

    for (size_t i = 0; same && i < writer->count; i++)
        same =
            gguf->tensors[i].at == gguf->file.at + writer->data_begin + writer->parts[i].offset &&
            gguf->tensors[i].bytes == writer->parts[i].bytes;
    return same || err_set(err, "%s: is not what was written", name_of(writer->out));
}

static bool read_again(const struct gguf_writer *writer, struct err *err)
{
    const int fd = fcntl(writer->out->fd, F_DUPFD_CLOEXEC, 0);
    struct mapped file;
    struct gguf gguf;
    bool good;

    if (fd < 0) return err_errno(err, "%s: cannot read it again", name_of(writer->out));
    if (!mapped_take(&file, fd, name_of(writer->out), err)) return false;
    good = gguf_parse(&gguf, &file, err);
    if (good) {
        good = compare(writer, &gguf, err);
        gguf_release(&gguf);
    }
    mapped_close(&file);
    return good;
}

bool gguf_writer_finish(struct gguf_writer *writer, struct err *err)
{
    if (writer->ended < writer->count)
        return err_set(err, "%s: '%s' and %zu more tensors are missing", name_of(writer->out),
                       writer->parts[writer->placed ? writer->ended : writer->part].name,
                       writer->count - writer->ended - 1);
    if (!outfile_flush(writer->out, err)) return false;
    return !outfile_can_place(writer->out) || read_again(writer, err);
}

void gguf_writer_release(struct gguf_writer *writer)
{
    for (size_t i = 0; i < writer->count; i++) mem_free(writer->parts[i].name);
    mem_free(writer->parts);
    buffer_release(&writer->pairs);
    buffer_release(&writer->tensors);
    *writer = (struct gguf_writer){0};
}

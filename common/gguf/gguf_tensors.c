#include "gguf/gguf_tensors.h"

#include <inttypes.h>
#include <stdlib.h>

enum { NAME_LIMIT = 63, RANK_LIMIT = 4 };

static bool ends_early(const struct tensor *tensor, struct err *err)
{
    return err_set(err, "the file ends within what it says of tensor '%.*s'",
                   GGUF_SHOWN(tensor->name));
}

static bool take_name(struct gguf_cursor *cursor, struct tensor *tensor, size_t number,
                      struct err *err)
{
    if (!gguf_take_text(cursor, &tensor->name))
        return err_set(err, "the file ends within the name of tensor %zu", number);
    if (tensor->name.len == 0) return err_set(err, "tensor %zu has no name", number);
    if (tensor->name.len > NAME_LIMIT)
        return err_set(err, "the name of tensor %zu has %zu bytes, more than %d", number,
                       tensor->name.len, NAME_LIMIT);
    return true;
}

static bool take_shape(struct gguf_cursor *cursor, struct tensor *tensor, uint64_t *elements,
                       struct err *err)
{
    uint32_t rank;

    if (!gguf_take_u32(cursor, &rank)) return ends_early(tensor, err);
    if (rank > RANK_LIMIT)
        return err_set(err, "tensor '%.*s' has %" PRIu32 " dimensions, more than %d",
                       GGUF_SHOWN(tensor->name), rank, RANK_LIMIT);
    tensor->rank = rank;
    *elements = 1;
    while (rank > 0) {
        uint64_t *extent = &tensor->shape[--rank];

        if (!gguf_take_u64(cursor, extent)) return ends_early(tensor, err);
        if (*extent == 0 || *extent > INT64_MAX)
            return err_set(err, "tensor '%.*s' has an extent of %" PRId64, GGUF_SHOWN(tensor->name),
                           (int64_t)*extent);
        if (__builtin_mul_overflow(*elements, *extent, elements) || *elements > INT64_MAX)
            return err_set(err, "tensor '%.*s' has more elements than can be counted",
                           GGUF_SHOWN(tensor->name));
    }
    return true;
}

static bool take_format(struct gguf_cursor *cursor, struct tensor *tensor, struct err *err)
{
    uint32_t number;
    const char *name;

    if (!gguf_take_u32(cursor, &number)) return ends_early(tensor, err);
    if (dtype_of_ggml((int32_t)number, &tensor->dtype)) return true;
    name = dtype_ggml_name((int32_t)number);
    if (name)
        return err_set(err, "tensor '%.*s' is in the format %s, which is not supported",
                       GGUF_SHOWN(tensor->name), name);
    return err_set(err, "tensor '%.*s' is in an unknown format, number %" PRId32,
                   GGUF_SHOWN(tensor->name), (int32_t)number);
}

static bool take_tensor(struct gguf_cursor *cursor, struct tensor *tensor, size_t number,
                        uint64_t *offset, struct err *err)
{
    const struct dtype_info *info;
    uint64_t elements = 0, row;

    if (!take_name(cursor, tensor, number, err) || !take_shape(cursor, tensor, &elements, err) ||
        !take_format(cursor, tensor, err))
        return false;
    if (!gguf_take_u64(cursor, offset)) return ends_early(tensor, err);
    info = dtype_info(tensor->dtype);
    row = tensor->rank ? tensor->shape[tensor->rank - 1] : 1;
    if (row % info->elements != 0)
        return err_set(err,
                       "the rows of tensor '%.*s' have %" PRIu64 " elements, no whole blocks of %s",
                       GGUF_SHOWN(tensor->name), row, info->name);
    if (!dtype_bytes(tensor->dtype, elements, &tensor->bytes))
        return err_set(err, "tensor '%.*s' has more bytes than can be counted",
                       GGUF_SHOWN(tensor->name));
    return true;
}

/* begin is where the offsets count from. */
static bool place(const struct gguf *gguf, struct tensor *tensor, uint64_t begin, uint64_t offset,
                  struct err *err)
{
    const uint64_t room = gguf->file.len > begin ? gguf->file.len - begin : 0;

    if (offset % gguf->alignment != 0)
        return err_set(err,
                       "tensor '%.*s' is at %" PRIu64 ", no multiple of the alignment %" PRIu32,
                       GGUF_SHOWN(tensor->name), offset, gguf->alignment);
    if (offset > room || tensor->bytes > room - offset)
        return err_set(err, "the file ends before the data of tensor '%.*s' does",
                       GGUF_SHOWN(tensor->name));
    tensor->at = gguf->file.at + begin + offset;
    return true;
}

struct range {
    const unsigned char *begin, *end;
    struct text name;
};

static int compare_ranges(const void *a, const void *b)
{
    const struct range *first = a, *second = b;

    return (first->begin > second->begin) - (first->begin < second->begin);
}

static bool check_overlaps(const struct gguf *gguf, struct err *err)
{
    const size_t count = gguf->tensor_count;
    struct range *ranges = mem_alloc(count * sizeof *ranges);
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        const struct tensor *tensor = &gguf->tensors[i];

        ranges[i] = (struct range){tensor->at, tensor->at + tensor->bytes, tensor->name};
    }
    if (count > 1) qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 1; good && i < count; i++)
        if (ranges[i].begin < ranges[i - 1].end)
            good = err_set(err, "the tensors '%.*s' and '%.*s' overlap",
                           GGUF_SHOWN(ranges[i - 1].name), GGUF_SHOWN(ranges[i].name));
    mem_free(ranges);
    return good;
}

static bool take_list(struct gguf *gguf, struct gguf_cursor *cursor, uint64_t *offsets,
                      size_t count, struct err *err)
{
    uint64_t begin;

    for (size_t i = 0; i < count; i++) {
        if (!take_tensor(cursor, &gguf->tensors[i], i + 1, &offsets[i], err)) return false;
        if (lookup_add(&gguf->names, gguf->tensors[i].name, gguf->tensor_count++))
            return err_set(err, "the tensor '%.*s' stands twice",
                           GGUF_SHOWN(gguf->tensors[i].name));
    }
    begin = (uint64_t)(cursor->at - gguf->file.at);
    begin += -begin & (gguf->alignment - 1);
    for (size_t i = 0; i < count; i++)
        if (!place(gguf, &gguf->tensors[i], begin, offsets[i], err)) return false;
    return check_overlaps(gguf, err);
}

bool gguf_take_tensors(struct gguf *gguf, struct gguf_cursor *cursor, size_t count, struct err *err)
{
    uint64_t *offsets = mem_alloc(count * sizeof *offsets);
    bool good;

    gguf->tensors = mem_zero(count, sizeof *gguf->tensors);
    good = take_list(gguf, cursor, offsets, count, err);
    mem_free(offsets);
    return good;
}

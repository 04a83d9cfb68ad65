#include "gguf/gguf_value.h"

#include "tensor/load.h"

#include <assert.h>
#include <inttypes.h>

static const struct {
    const char *name;
    size_t bytes;
} types[GGUF_TYPE_COUNT] = {
    [GGUF_U8] = {"u8", 1},       [GGUF_I8] = {"i8", 1},     [GGUF_U16] = {"u16", 2},
    [GGUF_I16] = {"i16", 2},     [GGUF_U32] = {"u32", 4},   [GGUF_I32] = {"i32", 4},
    [GGUF_F32] = {"f32", 4},     [GGUF_BOOL] = {"bool", 1}, [GGUF_TEXT] = {"text", 0},
    [GGUF_ARRAY] = {"array", 0}, [GGUF_U64] = {"u64", 8},   [GGUF_I64] = {"i64", 8},
    [GGUF_F64] = {"f64", 8},
};

const char *gguf_type_name(enum gguf_type type)
{
    assert((unsigned)type < GGUF_TYPE_COUNT);
    return types[type].name;
}

size_t gguf_type_bytes(enum gguf_type type)
{
    assert((unsigned)type < GGUF_TYPE_COUNT);
    return types[type].bytes;
}

static uint64_t left(const struct gguf_cursor *cursor)
{
    return (uint64_t)(cursor->end - cursor->at);
}

bool gguf_take_u32(struct gguf_cursor *cursor, uint32_t *value)
{
    if (left(cursor) < 4) return false;
    *value = load_u32(cursor->at);
    cursor->at += 4;
    return true;
}

bool gguf_take_u64(struct gguf_cursor *cursor, uint64_t *value)
{
    if (left(cursor) < 8) return false;
    *value = load_u64(cursor->at);
    cursor->at += 8;
    return true;
}

bool gguf_take_text(struct gguf_cursor *cursor, struct text *text)
{
    uint64_t len;

    if (!gguf_take_u64(cursor, &len) || len > left(cursor)) return false;
    *text = (struct text){(const char *)cursor->at, (size_t)len};
    cursor->at += len;
    return true;
}

static bool ends_early(struct text key, struct err *err)
{
    return err_set(err, "the file ends within the value of '%.*s'", GGUF_SHOWN(key));
}

static bool take_type(struct gguf_cursor *cursor, struct text key, enum gguf_type *type,
                      struct err *err)
{
    uint32_t number;

    if (!gguf_take_u32(cursor, &number)) return ends_early(key, err);
    if (number >= GGUF_TYPE_COUNT)
        return err_set(err, "'%.*s' has a value of the unknown type %" PRIu32, GGUF_SHOWN(key),
                       number);
    *type = (enum gguf_type)number;
    return true;
}

/* A text has its length at least. */
static size_t least_bytes(enum gguf_type type)
{
    const size_t bytes = gguf_type_bytes(type);

    return bytes > 0 ? bytes : 8;
}

static bool take_array_head(struct gguf_cursor *cursor, struct text key, struct gguf_value *value,
                            struct err *err)
{
    size_t least;

    if (!take_type(cursor, key, &value->element, err)) return false;
    if (value->element == GGUF_ARRAY)
        return err_set(err, "'%.*s' is an array of arrays", GGUF_SHOWN(key));
    if (!gguf_take_u64(cursor, &value->count)) return ends_early(key, err);
    least = least_bytes(value->element);
    if (value->count > left(cursor) / least)
        return err_set(err, "'%.*s' has %" PRIu64 " elements, more than the file holds",
                       GGUF_SHOWN(key), value->count);
    return true;
}

static bool skip_texts(struct gguf_cursor *cursor, uint64_t count)
{
    struct text text;

    while (count-- > 0)
        if (!gguf_take_text(cursor, &text)) return false;
    return true;
}

bool gguf_take_value(struct gguf_cursor *cursor, struct text key, struct gguf_value *value,
                     struct err *err)
{
    value->count = 1;
    if (!take_type(cursor, key, &value->type, err)) return false;
    value->element = value->type;
    if (value->type == GGUF_ARRAY && !take_array_head(cursor, key, value, err)) return false;
    value->at = cursor->at;
    if (value->element == GGUF_TEXT) {
        if (!skip_texts(cursor, value->count)) return ends_early(key, err);
    } else {
        const size_t bytes = least_bytes(value->element);

        if (value->count > left(cursor) / bytes) return ends_early(key, err);
        cursor->at += value->count * bytes;
    }
    value->end = cursor->at;
    return true;
}

bool gguf_next_text(struct gguf_value *array, struct text *text)
{
    struct gguf_cursor cursor = {array->at, array->end};

    assert(array->element == GGUF_TEXT);
    if (array->count == 0 || !gguf_take_text(&cursor, text)) return false;
    array->at = cursor.at;
    array->count--;
    return true;
}

static bool next_bits(struct gguf_value *array, uint32_t *bits)
{
    if (array->count == 0) return false;
    *bits = load_u32(array->at);
    array->at += 4;
    array->count--;
    return true;
}

bool gguf_next_f32(struct gguf_value *array, float *value)
{
    uint32_t bits;

    assert(array->element == GGUF_F32);
    if (!next_bits(array, &bits)) return false;
    memcpy(value, &bits, sizeof *value);
    return true;
}

bool gguf_next_i32(struct gguf_value *array, int32_t *value)
{
    uint32_t bits;

    assert(array->element == GGUF_I32);
    if (!next_bits(array, &bits)) return false;
    memcpy(value, &bits, sizeof *value);
    return true;
}

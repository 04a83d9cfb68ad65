/* The GGUF reader: what it takes lies in the file, whatever the file says of itself, and can be
 * read and unpacked; what it refuses it has a line for. */
#include "gguf/gguf.h"
#include "fuzz/fuzz.h"

#include <string.h>

static const struct mapped *file;

static void demand_inside(const void *at, uint64_t len)
{
    const unsigned char *first = at;

    demand(first >= file->at && first <= file->at + file->len);
    demand(len <= (uint64_t)(file->at + file->len - first));
}

static void walk(struct gguf_value array)
{
    struct text text;
    float number;
    int32_t whole;

    if (array.element == GGUF_TEXT)
        while (gguf_next_text(&array, &text)) demand_inside(text.at, text.len);
    else if (array.element == GGUF_F32)
        while (gguf_next_f32(&array, &number)) continue;
    else if (array.element == GGUF_I32)
        while (gguf_next_i32(&array, &whole)) continue;
    else
        return;
    demand(array.count == 0 && array.at == array.end);
}

static void read_key(const struct gguf *gguf, const struct gguf_pair *pair)
{
    struct buffer key = {0};
    struct gguf_value array;
    struct text text;
    struct err err;
    uint32_t whole;
    float number;
    bool yes;

    demand_inside(pair->key.at, pair->key.len);
    demand_inside(pair->value.at, (uint64_t)(pair->value.end - pair->value.at));
    if (pair->value.type == GGUF_ARRAY) walk(pair->value);
    if (!memchr(pair->key.at, '\0', pair->key.len)) {
        buffer_add(&key, pair->key.at, pair->key.len);
        buffer_byte(&key, '\0');
        demand(gguf_find(gguf, key.at) == &pair->value);
        demand((gguf_u32(gguf, key.at, &whole, &err) == 1) == (pair->value.type == GGUF_U32));
        demand((gguf_f32(gguf, key.at, &number, &err) == 1) == (pair->value.type == GGUF_F32));
        demand(gguf_bool(gguf, key.at, &yes, &err) != 0);
        demand((gguf_text(gguf, key.at, &text, &err) == 1) == (pair->value.type == GGUF_TEXT));
        demand(gguf_array(gguf, key.at, GGUF_TEXT, &array, &err) != 0);
        buffer_release(&key);
    }
}

/* The first block of each of the first rows, as floats and as halves of them. */
static void read_tensor(const struct tensor *tensor)
{
    const struct dtype_info *info = dtype_info(tensor->dtype);
    float floats[256];
    bf16 halves[256];
    uint64_t elements = 1, bytes, row, rows = 1;

    demand_inside(tensor->at, tensor->bytes);
    for (unsigned i = 0; i < tensor->rank; i++) elements *= tensor->shape[i];
    demand(dtype_bytes(tensor->dtype, elements, &bytes) && bytes == tensor->bytes);
    row = tensor->rank ? tensor->shape[tensor->rank - 1] : 1;
    rows = elements / row;
    demand(dtype_bytes(tensor->dtype, row, &bytes) && bytes * rows == tensor->bytes);
    for (uint64_t i = 0; info->weights && i < rows && i < 3; i++) {
        info->to_f32(tensor->at + i * bytes, floats, info->elements);
        info->to_bf16(tensor->at + i * bytes, halves, info->elements);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "fuzz.gguf";
    const struct mapped mapped = {size ? data : NULL, size, name};
    struct gguf gguf;
    struct err err = {""};

    file = &mapped;
    if (!gguf_parse(&gguf, file, &err)) {
        demand(strncmp(err.text, "fuzz.gguf: ", 11) == 0);
        demand(!gguf.pairs && !gguf.tensors);
        return 0;
    }
    for (size_t i = 0; i < gguf.pair_count; i++) read_key(&gguf, &gguf.pairs[i]);
    for (size_t i = 0; i < gguf.tensor_count; i++) read_tensor(&gguf.tensors[i]);
    gguf_release(&gguf);
    return 0;
}

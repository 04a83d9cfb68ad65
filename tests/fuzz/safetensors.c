/* Weights from arbitrary bytes, mapped and as a stream: both take the same files and give the same
 * bytes, and jansson sees in a header what we saw. */
#include "safetensors/safetensors.h"

#include "fuzz/fuzz.h"
#include "safetensors/safetensors_stream.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct err err;

/* A file in memory of these bytes, to be read from its beginning. */
static int file_of(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    demand(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
    demand(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static const json_t *member(const json_t *object, struct text key)
{
    const json_t *value = json_object_getn(object, key.at, key.len);

    demand(value != NULL);
    return value;
}

static void check_tensor(const struct tensor *tensor, const json_t *entry, uint64_t begin)
{
    const json_t *shape = member(entry, TEXT("shape"));
    const json_t *offsets = member(entry, TEXT("data_offsets"));
    uint64_t bytes = dtype_info(tensor->dtype)->bytes;

    demand(json_object_size(entry) == 3 && json_array_size(shape) == tensor->rank);
    demand(strcmp(json_string_value(member(entry, TEXT("dtype"))),
                  dtype_info(tensor->dtype)->st_name) == 0);
    for (size_t i = 0; i < tensor->rank; i++) {
        demand((uint64_t)json_integer_value(json_array_get(shape, i)) == tensor->shape[i]);
        bytes *= tensor->shape[i];
    }
    demand(bytes == tensor->bytes && json_array_size(offsets) == 2);
    demand((uint64_t)json_integer_value(json_array_get(offsets, 0)) == begin);
    demand((uint64_t)json_integer_value(json_array_get(offsets, 1)) == begin + bytes);
}

static void check_metadata(const struct st_header *header, const json_t *pairs)
{
    demand(json_object_size(pairs) == header->metadata_count);
    for (size_t i = 0; i < header->metadata_count; i++) {
        const struct st_pair *pair = &header->metadata[i];
        const json_t *value;

        if (memchr(pair->key.at, '\0', pair->key.len)) continue;
        value = member(pairs, pair->key);
        demand(json_string_length(value) == pair->value.len);
        demand(memcmp(json_string_value(value), pair->value.at, pair->value.len) == 0);
    }
}

/* A NUL in a key is fine with us, in '__metadata__', and too much for jansson. */
static void check_header(const struct safetensors *weights, const uint8_t *data, size_t size)
{
    const struct st_header *header = &weights->header;
    size_t length = size - header->data_bytes - ST_LENGTH;
    const unsigned char *at = weights->file.at + ST_LENGTH + length;
    json_error_t error;
    json_t *root = json_loadb((const char *)data + ST_LENGTH, length,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    const json_t *pairs = json_object_get(root, "__metadata__");

    if (!root) {
        demand(json_error_code(&error) == json_error_null_byte_in_key);
        return;
    }
    demand(json_object_size(root) == header->count + (pairs != NULL));
    check_metadata(header, pairs);
    for (size_t i = 0; i < header->count; at += header->tensors[i++].bytes) {
        const struct tensor *tensor = &header->tensors[i];

        demand(tensor->at == at && safetensors_find(weights, tensor->name) == tensor);
        check_tensor(tensor, member(root, tensor->name),
                     (uint64_t)(at - weights->file.at) - ST_LENGTH - length);
    }
    demand(at == weights->file.at + size);
    json_decref(root);
}

/* want is what the mapping showed, or NULL. */
static bool read_stream(const uint8_t *data, size_t size, const struct st_header *want)
{
    struct safetensors_stream stream;
    const struct tensor *tensor;
    unsigned char piece[16];
    bool good = true;
    int got = 0;

    if (!safetensors_stream_open(&stream, file_of(data, size), "fuzz", &err)) return false;
    while (good && (got = safetensors_stream_next(&stream, &tensor, &err)) > 0)
        while (good && stream.left) {
            size_t len = stream.left < sizeof piece ? stream.left : sizeof piece;
            const unsigned char *at =
                want ? want->tensors[stream.next - 1].at + (tensor->bytes - stream.left) : NULL;

            good = safetensors_stream_read(&stream, piece, len, &err);
            if (good && at) demand(memcmp(piece, at, len) == 0);
        }
    safetensors_stream_close(&stream);
    return good && got == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct safetensors weights;
    bool good = safetensors_take(&weights, file_of(data, size), "fuzz", &err);

    if (good) check_header(&weights, data, size);
    if (!good) demand(strncmp(err.text, "fuzz: ", 6) == 0 && !weights.file.at);
    demand(read_stream(data, size, good ? &weights.header : NULL) == good);
    if (good) safetensors_close(&weights);
    return 0;
}

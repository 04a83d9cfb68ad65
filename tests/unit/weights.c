#include "unit/weights.h"

#include "core/memory.h"
#include "safetensors/safetensors_stream.h"
#include "unit/files.h"

#include <endian.h>
#include <fcntl.h>
#include <string.h>

const char *weights_file(const char *name, const char *header, size_t data)
{
    uint64_t length = htole64(strlen(header));
    struct buffer bytes = {0};
    const char *path;

    buffer_add(&bytes, &length, sizeof length);
    buffer_text(&bytes, header);
    for (size_t i = 0; i < data; i++) buffer_byte(&bytes, (char)i);
    path = files_write(name, bytes.at, bytes.len);
    buffer_release(&bytes);
    return path;
}

bool weights_drain(const char *path, struct err *err)
{
    struct safetensors_stream stream;
    const struct tensor *tensor;
    char bytes[64];
    bool good = true;
    int got;

    if (!safetensors_stream_open(&stream, open(path, O_RDONLY | O_CLOEXEC), path, err))
        return false;
    while ((got = safetensors_stream_next(&stream, &tensor, err)) > 0 && good)
        while (good && stream.left)
            good = safetensors_stream_read(
                &stream, bytes, stream.left < sizeof bytes ? stream.left : sizeof bytes, err);
    safetensors_stream_close(&stream);
    return good && got == 0;
}

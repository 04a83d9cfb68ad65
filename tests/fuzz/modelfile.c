/* What is read can be written, and is then read as the same; or cannot be written, and is said
 * so. */
#include "deploy/modelfile.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text text = {data ? (const char *)data : "", size};
    struct modelfile file = {0}, again = {0};
    struct buffer first = {0}, second = {0};
    struct err err;

    if (modelfile_parse(&file, text, "x", &err) && modelfile_write(&file, &first, &err)) {
        if (!modelfile_parse(&again, (struct text){first.at, first.len}, "x", &err)) abort();
        if (!modelfile_write(&again, &second, &err)) abort();
        if (first.len != second.len || memcmp(first.at, second.at, first.len) != 0) abort();
    }
    modelfile_release(&file);
    modelfile_release(&again);
    buffer_release(&first);
    buffer_release(&second);
    return 0;
}

#include "unit/patched.h"

#include "safetensors/safetensors.h"
#include "unit/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void die_here(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(1);
}

static const char *copy_file(const char *golden, const char *name, const char *file)
{
    const char *root = getenv("SRC");
    char from[512], to[256];
    const char *written;
    size_t len;
    char *bytes;

    snprintf(from, sizeof from, "%s/tests/golden/models/%s/%s", root ? root : ".", golden, file);
    snprintf(to, sizeof to, "%s/%s", name, file);
    bytes = files_read(from, &len);
    if (!bytes) die_here(from);
    written = files_write(to, bytes, len);
    mem_free(bytes);
    return written;
}

const char *patched_copy(const char *golden, const char *name)
{
    copy_file(golden, name, "config.json");
    copy_file(golden, name, "model.safetensors");
    return files_path(name);
}

void patched_half(const char *folder, const char *tensor, size_t element, uint16_t bits)
{
    const unsigned char bytes[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
    const struct tensor *found;
    struct safetensors file;
    struct err err;
    char path[512];
    off_t at;
    int fd;

    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (!safetensors_open(&file, path, &err)) die_here(err.text);
    found = safetensors_find(&file, text_of(tensor));
    if (!found || found->bytes < 2 * element + 2) die_here(tensor);
    at = found->at - file.file.at + 2 * (off_t)element;
    safetensors_close(&file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || pwrite(fd, bytes, 2, at) != 2 || close(fd) != 0) die_here(path);
}

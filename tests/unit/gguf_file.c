#include "unit/gguf_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bail(const char *spec)
{
    printf("Bail out! nobody knows how to write '%s'\n", spec);
    exit(1);
}

static void add_number(struct buffer *file, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) buffer_byte(file, (char)(value >> 8 * i & 255));
}

static const char *add_text(struct buffer *file, const char *at)
{
    const char *end = strchr(++at, '\'');

    if (!end) bail(at);
    add_number(file, (uint64_t)(end - at), 8);
    buffer_add(file, at, (size_t)(end - at));
    return end + 1;
}

static void add_zeros(struct buffer *file, uint64_t count)
{
    while (count-- > 0) buffer_byte(file, '\0');
}

/* A word with a number after its colon; returns where it ends. */
static const char *add_word(struct buffer *file, const char *at)
{
    const char *colon = strchr(at, ':');
    char *end;
    uint64_t value;

    if (!colon) bail(at);
    value = colon[1] == '-' ? (uint64_t)strtoll(colon + 1, &end, 0) : strtoull(colon + 1, &end, 0);
    if (end == colon + 1) bail(at);
    if (*at == '1' || *at == '4' || *at == '8')
        add_number(file, value, (size_t)(*at - '0'));
    else if (strncmp(at, "zeros", 5) == 0)
        add_zeros(file, value);
    else if (strncmp(at, "pad", 3) == 0)
        add_zeros(file, (value - file->len % value) % value);
    else
        bail(at);
    return end;
}

void gguf_file_add(struct buffer *file, const char *spec)
{
    for (const char *at = spec + strspn(spec, " "); *at; at += strspn(at, " ")) {
        if (*at == '\'') {
            at = add_text(file, at);
        } else if (strncmp(at, "GGUF", 4) == 0) {
            buffer_text(file, "GGUF");
            at += 4;
        } else {
            at = add_word(file, at);
        }
    }
}

struct mapped gguf_file_copy(const void *bytes, size_t len)
{
    static char path[] = "x.gguf";
    unsigned char *copy = mem_alloc(len);

    if (len) memcpy(copy, bytes, len);
    return (struct mapped){copy, len, path};
}

struct mapped gguf_file_of(const char *spec)
{
    struct buffer bytes = {0};
    struct mapped file;

    gguf_file_add(&bytes, spec);
    file = gguf_file_copy(bytes.at, bytes.len);
    buffer_release(&bytes);
    return file;
}

void gguf_file_release(struct mapped *file)
{
    mem_free((void *)file->at);
    *file = (struct mapped){0};
}

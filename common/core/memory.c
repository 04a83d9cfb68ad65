#include "core/memory.h"

#include "core/report.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *given(void *block, size_t size)
{
    if (!block) die("out of memory: %zu bytes were not to be had", size);
    return block;
}

void *mem_alloc(size_t size)
{
    return given(malloc(size ? size : 1), size);
}

size_t mem_product(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) die("out of memory: %zu times %zu bytes", count, size);
    return count * size;
}

void *mem_zero(size_t count, size_t size)
{
    mem_product(count, size);
    return given(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *mem_aligned(size_t size)
{
    if (size > SIZE_MAX - 63) die("out of memory: %zu bytes", size);
    return given(aligned_alloc(64, (size + 63) & ~(size_t)63), size);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    const size_t bytes = mem_product(count, size);

    return given(realloc(old, bytes > 0 ? bytes : 1), bytes);
}

char *mem_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(mem_alloc(size), text, size);
}

void mem_free(void *block)
{
    free(block);
}

void *mem_room(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room) return array;
    *room = *room ? *room + *room / 2 + 1 : 16;
    return mem_resize(array, *room, size);
}

void buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room ? buffer->room : 64;

    if (more <= buffer->room - buffer->len) return;
    if (more > SIZE_MAX / 4 - buffer->len) die("out of memory: %zu more bytes", more);
    while (room - buffer->len < more) room += room / 2;
    buffer->at = mem_resize(buffer->at, room, 1);
    buffer->room = room;
}

void buffer_add(struct buffer *buffer, const void *data, size_t len)
{
    if (!len) return;
    buffer_reserve(buffer, len);
    memcpy(buffer->at + buffer->len, data, len);
    buffer->len += len;
}

void buffer_byte(struct buffer *buffer, char byte)
{
    buffer_add(buffer, &byte, 1);
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

/* With a zero byte behind it, which does not count. */
static void add_formatted(struct buffer *buffer, const char *format, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) die("out of memory while formatting");
    buffer_reserve(buffer, (size_t)len + 1);
    vsnprintf(buffer->at + buffer->len, (size_t)len + 1, format, args);
    buffer->len += (size_t)len;
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_formatted(buffer, format, args);
    va_end(args);
}

char *mem_format(const char *format, ...)
{
    struct buffer made = {0};
    va_list args;

    va_start(args, format);
    add_formatted(&made, format, args);
    va_end(args);
    return made.at;
}

void buffer_release(struct buffer *buffer)
{
    mem_free(buffer->at);
    *buffer = (struct buffer){0};
}

struct text text_of(const char *text)
{
    return (struct text){text, strlen(text)};
}

_Bool text_is(struct text text, const char *word)
{
    size_t len = strlen(word);

    return text.len == len && memcmp(text.at, word, len) == 0;
}

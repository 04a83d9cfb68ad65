/* Memory that is there or ends the program: no caller tests for NULL.
 *
 * When the system has none left the program prints one line and exits 1, so that a missing byte
 * can never pass for a bad record. malloc stands in memory.c only. */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t size);              /* not cleared */
void *mem_zero(size_t count, size_t size); /* cleared; dies when count * size overflows */
void *mem_aligned(size_t size);            /* to 64 bytes; not cleared */
void *mem_resize(void *old, size_t count, size_t size);
char *mem_copy_text(const char *text);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
size_t mem_product(size_t count, size_t size); /* dies when it overflows */
void mem_free(void *block);                    /* NULL is allowed */

/* Makes room for one more item in an array that grows by half; returns the array. */
void *mem_room(void *array, size_t count, size_t *room, size_t size);

/* A growable run of bytes. All zero is an empty one. */
struct buffer {
    char *at;
    size_t len, room;
};

/* A borrowed run of bytes, not terminated. */
struct text {
    const char *at;
    size_t len;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

void buffer_reserve(struct buffer *buffer, size_t more); /* room for that many bytes beyond len */
void buffer_add(struct buffer *buffer, const void *data, size_t len);
void buffer_byte(struct buffer *buffer, char byte);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_release(struct buffer *buffer);

/* Borrowed until the buffer grows. */
static inline struct text buffer_content(const struct buffer *buffer)
{
    return (struct text){buffer->at, buffer->len};
}

/* From byte begin to before byte end of it; a text even where the buffer is empty. */
static inline struct text buffer_part(const struct buffer *buffer, size_t begin, size_t end)
{
    return (struct text){buffer->at ? buffer->at + begin : "", end - begin};
}

struct text text_of(const char *text); /* borrows a C string */
_Bool text_is(struct text text, const char *word);

#endif

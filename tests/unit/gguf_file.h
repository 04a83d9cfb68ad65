/* Files in GGUF's way, written down byte by byte.
 *
 * A spec is words with blanks between them: 'GGUF' is itself, '1:9', '4:9' and '8:9' are numbers of
 * so many bytes ('4:-1' too), "'abc'" is a text with its length before it, 'zeros:9' are zeros, and
 * 'pad:32' are zeros up to a multiple of 32 bytes of the file. */
#ifndef TESTS_UNIT_GGUF_FILE_H
#define TESTS_UNIT_GGUF_FILE_H

#include "core/mapped.h"
#include "core/memory.h"

/* Adds what spec says; ends the program when spec makes no sense. */
void gguf_file_add(struct buffer *file, const char *spec);

/* The same as a file of exactly its size, called x.gguf; gguf_file_release frees it. */
struct mapped gguf_file_of(const char *spec);
struct mapped gguf_file_copy(const void *bytes, size_t len);
void gguf_file_release(struct mapped *file);

#endif

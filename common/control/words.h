/* Text put together piece by piece in a member 'words', an array of characters that ends with '\0'.
 * What does not fit is cut off. */
#ifndef CONTROL_WORDS_H
#define CONTROL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Always true, so that a test can end with its words. */
#define words_add(object, ...) words_append((object)->words, sizeof(object)->words, __VA_ARGS__)

bool words_append(char *words, size_t room, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

#endif

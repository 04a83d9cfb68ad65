/* Files for a test, in a folder of its own that vanishes when the program ends. */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include "core/memory.h"

const char *files_path(const char *name); /* in the folder; good to the end of the program */

/* Writes a file, with the folders in its name, and returns its path. */
const char *files_write(const char *name, const void *data, size_t len);
const char *files_text(const char *name, const char *text);

/* All of a file, terminated; NULL when it cannot be read. The caller frees it with mem_free. */
char *files_read(const char *path, size_t *len);
size_t files_count(void); /* entries of the folder */

/* A pipe from which every read takes one byte; text must live until its end. */
int files_drip(const char *text, size_t len);

#endif

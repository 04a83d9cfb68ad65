/* Where the parts of a tokenizer.json stand that GGUF wants as they are written: what
 * tokens/tokenizer makes of them is not enough. The file was read by that before, so it is known to
 * be right. */
#ifndef EXPORT_TOKEN_FILE_H
#define EXPORT_TOKEN_FILE_H

#include "tokens/json_reader.h"

#include "core/err.h"

struct token_file {
    struct text merges, processor; /* JSON; empty where there is none, or null */
};

/* name is what to call the file. */
bool token_file_read(struct token_file *file, struct text json, const char *name, struct err *err);

/* The next merge of the list that json has entered, both halves as they are written, in buffers of
 * the caller's: 1, 0 at the end, -1. */
int token_file_merge(struct json *json, bool *first, struct buffer halves[2]);

#endif

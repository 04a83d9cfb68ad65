/* Reading large JSON front to back without building anything: whoever knows what must come asks
 * for it. A failure leaves a problem and the place. */
#ifndef TOKENS_JSON_READER_H
#define TOKENS_JSON_READER_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct json {
    const char *start, *at, *end;
    const char *problem;
    struct buffer scratch;
};

void json_open(struct json *json, struct text text);
void json_release(struct json *json);
bool json_fail(struct json *json, const char *problem); /* false */

/* The first byte of the value that comes next, or '\0' at the end. */
char json_peek(struct json *json);

bool json_enter(struct json *json, char bracket); /* '{' or '[' */

/* The next key of an object, with the reader before its value: 1, 0 behind the last, -1. first is
 * true for the first of an object, and set to false. */
int json_key(struct json *json, bool *first, struct text *key);
int json_item(struct json *json, bool *first); /* the same for an array */

/* A string: borrowed from the text or, decoded, from the reader until its next call. */
bool json_text(struct json *json, struct text *text);
bool json_whole(struct json *json, uint32_t *number);

/* Passes over a value whose inside is not checked, which scan_json may do. */
bool json_pass(struct json *json, struct text *value);

/* Nothing but white space may be left. */
bool json_end(struct json *json);

#endif

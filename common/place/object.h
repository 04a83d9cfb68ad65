/* The small JSON files beside a model: one object, read strictly, asked by key.
 *
 * The files are strangers': text that is too long, nested too deeply, or names a key twice is
 * refused. Messages name the file and the key, with the objects around it: 'config.json:
 * 'rope_scaling.factor' is not a number'. */
#ifndef PLACE_OBJECT_H
#define PLACE_OBJECT_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

#define OBJECT_LIMIT ((size_t)4 << 20) /* bytes of a file */
#define OBJECT_DEPTH 64

struct json_t;

struct object {
    struct json_t *root; /* owned by the object that was parsed */
    const char *path;    /* borrowed: what to call the file */
    const char *within;  /* the key in the outermost object, or NULL for that itself */
};

bool object_parse(struct object *object, struct text json, const char *path, struct err *err);

/* The same of a file in which whole numbers may be of any size, as they are in
 * tokenizer_config.json; no value is a count then. */
bool object_parse_huge(struct object *object, struct text json, const char *path, struct err *err);
void object_release(struct object *object);

/* '%s: ' and the key, quoted, for a message of the caller's. */
bool object_fail(const struct object *object, const char *key, struct err *err, const char *format,
                 ...) __attribute__((format(__printf__, 4, 5)));

/* The value of a key: 1, or 0 when it is missing or null (value is left as it is), or -1 when it
 * is of another type. A count is a whole number from 0; all texts are without a zero byte and
 * borrowed. */
int object_count(const struct object *object, const char *key, uint64_t *value, struct err *err);
int object_number(const struct object *object, const char *key, double *value, struct err *err);
int object_bool(const struct object *object, const char *key, bool *value, struct err *err);
int object_text(const struct object *object, const char *key, const char **value, struct err *err);
int object_inner(const struct object *object, const char *key, struct object *value,
                 struct err *err);

/* Like these of a key whose value is a list; how long it is, and its elements from 0. */
int object_list(const struct object *object, const char *key, size_t *count, struct err *err);
const char *object_list_text(const struct object *object, const char *key, size_t at); /* or NULL */
bool object_list_inner(const struct object *object, const char *key, size_t at,
                       struct object *value);

/* A whole number, or a list of them, of which no more than room are taken: 1, 0 or -1. -1 in the
 * file stands for none and is left out. */
int object_ids(const struct object *object, const char *key, uint32_t *ids, size_t room,
               size_t *count, struct err *err);

bool object_has(const struct object *object, const char *key); /* and it is not null */

#endif

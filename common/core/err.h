/* What went wrong, in one line that a person can act on.
 *
 * A function that can fail takes a struct err last, fills it and returns false (readers: -1).
 * The text names the cause, not the program: 'pairs.jsonl:12: 'chosen' is not a string'. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdbool.h>

struct err {
    char text[512];
};

/* Both return false, so that a caller can write: return err_set(err, "..."); */
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool err_errno(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts 'where: ' before what stands in err. */
bool err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

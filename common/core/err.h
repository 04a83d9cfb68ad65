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

/* All are false, so that a caller can write: return err_set(err, "..."); as macros, so that
 * compilers and checkers see it too. err_errno adds the system's reason; err_prefix puts 'where: '
 * before what stands in err. */
#define err_set(...) (err_write(__VA_ARGS__), err_false())
#define err_errno(...) (err_write_errno(__VA_ARGS__), err_false())
#define err_prefix(...) (err_write_prefix(__VA_ARGS__), err_false())

static inline bool err_false(void)
{
    return false;
}

void err_write(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_write_errno(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void err_write_prefix(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

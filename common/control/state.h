/* What a module remembers, as a JSON object and back.
 *
 * One table names the members, and both ways are derived from it:
 *
 *     static const struct state_field fields[] = {STATE_FIELD(struct beta, now), ...};
 *
 * A member is a double, uint64_t or bool, or an array of one of these. Written with 17 digits
 * (JSON_REAL_PRECISION(17)), every double comes back as it was; one that is not finite is the text
 * 'nan', 'inf' or '-inf'. */
#ifndef CONTROL_STATE_H
#define CONTROL_STATE_H

#include "core/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum state_kind { STATE_NUMBER, STATE_WHOLE, STATE_FLAG };

struct state_field {
    const char *name;
    enum state_kind kind;
    size_t offset, size; /* size: of all elements, in bytes */
};

#define STATE_FIELD(type, member)                                                                  \
    {                                                                                              \
#member,                                                                                   \
            _Generic(((type *)0)->member, double                                                   \
                     : STATE_NUMBER, double *                                                      \
                     : STATE_NUMBER, uint64_t                                                      \
                     : STATE_WHOLE, uint64_t *                                                     \
                     : STATE_WHOLE, bool                                                           \
                     : STATE_FLAG, bool *                                                          \
                     : STATE_FLAG),                                                                \
            offsetof(type, member), sizeof(((type *)0)->member)       \
    }

/* The caller owns the object. */
json_t *state_save(const void *object, const struct state_field *fields, size_t count);

/* Every member must be there. On failure some may have been set: load into a copy. */
bool state_load(void *object, const struct state_field *fields, size_t count, const json_t *saved,
                struct err *err);

#endif

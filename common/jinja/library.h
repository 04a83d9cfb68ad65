/* The filters, tests, methods and functions that templates may use.
 *
 * A row of a table says which arguments there are: their names in order, parted by blanks. What a
 * call gives is sorted into that order before the function sees it; DATUM_ABSENT stands where
 * nothing was given. A row whose arguments are '*' sorts them itself. */
#ifndef JINJA_LIBRARY_H
#define JINJA_LIBRARY_H

#include "jinja/datum.h"

#define CALL_SLOTS 6

struct call {
    struct work *work;
    const char *name;         /* of what is called, for errors */
    struct datum self;        /* what the filter or method is applied to */
    struct datum *given;      /* as they were given: those by name are the last */
    const struct text *names; /* of the given ones; an empty one where it has none */
    size_t count;
    struct datum slot[CALL_SLOTS]; /* sorted */
};

struct filter {
    const char *name, *arguments;
    bool (*run)(struct call *call, struct datum *out);
};

struct tester {
    const char *name;
    size_t arguments;
    bool (*run)(struct call *call, bool *holds); /* arguments in given */
};

struct method {
    enum datum_kind kind; /* of what has it */
    const char *name, *arguments;
    bool (*run)(struct call *call, struct datum *out);
};

struct global {
    const char *name, *arguments;
    bool (*run)(struct call *call, struct datum *out);
};

struct bound {
    struct datum self;
    const struct method *method;
};

/* Each is NULL for an unknown name. */
const struct filter *filter_find(struct text name);
const struct tester *tester_find(struct text name);
const struct method *method_find(enum datum_kind kind, struct text name);
const struct method *method_find_other(enum datum_kind kind, struct text name); /* not of texts */
const struct global *global_find(struct text name);

/* Sorts what is given into the slots. */
bool call_sort(struct call *call, const char *arguments);
bool filter_call(const struct filter *filter, struct call *call, struct datum *out);
bool tester_call(const struct tester *tester, struct call *call, bool *holds);
bool method_call(const struct method *method, struct call *call, struct datum *out);
bool global_call(const struct global *global, struct call *call, struct datum *out);

/* Arguments that were given as what they must be; fail otherwise. */
bool slot_text(const struct call *call, size_t slot, struct text missing, struct text *text);
bool need_text(const struct call *call, size_t slot, struct text *text); /* must be given */

/* The same, and short enough (256 bytes) to be looked for at every place of a text. */
bool need_short_text(const struct call *call, size_t slot, struct text *text);
bool slot_int(const struct call *call, size_t slot, int64_t missing, int64_t *whole);
bool slot_true(const struct call *call, size_t slot);

#endif

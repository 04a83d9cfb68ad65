/* The values of a template, as Python has them.
 *
 * All but namespaces are immutable, so parts are shared. They live in the rendering's arena
 * (constants: in the template's). Texts are UTF-8; positions in them count code points. */
#ifndef JINJA_DATUM_H
#define JINJA_DATUM_H

#include "jinja/work.h"

enum datum_kind {
    DATUM_ABSENT, /* an argument that was not given */
    DATUM_UNDEFINED,
    DATUM_NONE,
    DATUM_BOOL,
    DATUM_INT,
    DATUM_FLOAT,
    DATUM_TEXT,
    DATUM_LIST,
    DATUM_TUPLE,
    DATUM_RANGE,    /* what range() gives */
    DATUM_VIEW,     /* what items(), keys() and values() of a dict give */
    DATUM_ITERATOR, /* what map, select and the like give: can be walked once */
    DATUM_DICT,
    DATUM_NAMESPACE,
    DATUM_LOOP,
    DATUM_MACRO,
    DATUM_GLOBAL, /* a function such as range */
    DATUM_METHOD  /* a function of a value, not yet called */
};

struct datum {
    enum datum_kind kind;
    bool safe; /* a text that was marked safe: Python's Markup */
    union {
        bool truth;
        int64_t whole;
        double real;
        struct text text; /* of an undefined value: what is not there */
        struct list *list;
        struct dict *dict;
        struct loop *loop;
        const struct macro *macro;
        const struct global *global;
        const struct bound *bound;
    };
};

struct list {
    const struct datum *at;
    size_t count;
    size_t used; /* of an iterator: given away already */
};

struct entry {
    struct datum key, value;
};

struct dict { /* a namespace, too */
    struct entry *at;
    size_t count, room;
};

struct datum datum_bool(bool truth);
struct datum datum_int(int64_t whole);
struct datum datum_float(double real);
struct datum datum_text(struct text text); /* borrows it */
struct datum datum_undefined(struct text what);

/* A list-like value of count items at at, which it keeps. */
bool datum_list(struct work *work, enum datum_kind kind, const struct datum *at, size_t count,
                struct datum *out);

/* The text above mark, taken off the stack. */
bool datum_pop(struct work *work, size_t mark, struct datum *out);

/* An empty dict or namespace with that much room. */
bool datum_dict(struct work *work, enum datum_kind kind, size_t room, struct datum *out);
bool dict_set(struct work *work, struct dict *dict, const struct datum *key,
              const struct datum *value);

/* Sets *found to the entry with that key, or NULL. Fails for keys that cannot be ones. */
bool dict_find(struct work *work, const struct dict *dict, const struct datum *key,
               const struct entry **found);
const struct entry *dict_get(const struct dict *dict, struct text key);

const char *datum_name(const struct datum *datum);
bool datum_is_number(const struct datum *datum); /* a bool is one */
bool datum_true(const struct datum *datum);

/* The number of items; fails where Python's len would. */
bool datum_length(struct work *work, const struct datum *datum, size_t *length);

/* Python's ==, and its order: *order is below, equal to or above 0. */
bool datum_equal(struct work *work, const struct datum *a, const struct datum *b, bool *equal);
bool datum_order(struct work *work, const struct datum *a, const struct datum *b, int *order);

/* What 'for' walks over, as a list; an iterator is used up by it. */
bool datum_items(struct work *work, const struct datum *datum, struct list *items);

#endif

/* Private to the files of filters: the rows that filters.c takes from the others. */
#ifndef JINJA_FILTERS_H
#define JINJA_FILTERS_H

#include "jinja/library.h"
#include "jinja/texts.h"

/* What a filter looks at in an item: the item, or its attribute ('a.b', a number), without regard
 * to case where that is wished. */
struct getter {
    struct work *work;
    const struct datum *attribute; /* NULL: the item itself */
    const struct datum *missing;   /* for an undefined attribute, or NULL */
    bool fold;
};

bool getter_get(struct getter *getter, const struct datum *item, struct datum *value);

bool run_int(struct call *call, struct datum *out);
bool run_float(struct call *call, struct datum *out);
bool run_round(struct call *call, struct datum *out);

bool run_map(struct call *call, struct datum *out);
bool run_select(struct call *call, struct datum *out);
bool run_reject(struct call *call, struct datum *out);
bool run_selectattr(struct call *call, struct datum *out);
bool run_rejectattr(struct call *call, struct datum *out);

extern const struct filter list_filters[]; /* ends with a NULL name */

#endif

/* What operators, dots and brackets do to values. */
#ifndef JINJA_OPERATORS_H
#define JINJA_OPERATORS_H

#include "jinja/datum.h"

struct loop { /* what 'loop' is inside of a for */
    struct list items;
    size_t index;
    struct datum seen; /* what changed() was last given */
};

/* Fails with the name of what is not defined, where a value is needed. */
bool datum_demand(struct work *work, const struct datum *datum);

/* sign is one of lex.h's: + - * / // % **. */
bool operate(struct work *work, unsigned sign, const struct datum *a, const struct datum *b,
             struct datum *out);
bool negate(struct work *work, const struct datum *a, struct datum *out);
bool contains(struct work *work, const struct datum *box, const struct datum *item, bool *holds);

/* value.name and value[key]: undefined where there is no such thing. */
bool member_get(struct work *work, const struct datum *self, struct text name, struct datum *out);
bool item_get(struct work *work, const struct datum *self, const struct datum *key,
              struct datum *out);

/* value[bounds[0]:bounds[1]:bounds[2]]; DATUM_ABSENT for those left out. */
bool slice_get(struct work *work, const struct datum *self, const struct datum bounds[3],
               struct datum *out);

#endif

/* dpo_metadata.json of the result: that of the adapter that was folded last, in whose chain of
 * folds stands what was folded before. Without adapters it is the base's own. */
#ifndef RUN_CHAIN_H
#define RUN_CHAIN_H

#include "core/err.h"
#include "core/memory.h"

/* Adds the text, or nothing where neither the adapters' folders nor the base's (NULL: it has none)
 * tell anything. name is what to call the base. */
bool chain_text(const char *const *adapters, size_t count, const char *base, const char *name,
                struct buffer *out, struct err *err);

#endif

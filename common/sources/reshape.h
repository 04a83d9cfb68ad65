/* Prompt, chosen and rejected brought to one form: three strings, or three conversations. */
#ifndef SOURCES_RESHAPE_H
#define SOURCES_RESHAPE_H

#include "sources/dialect.h"

/* Works on work->core, whose values may end up in work->made. *changed: something was made.
 * False with err when no prompt is to be had. */
bool reshape(struct dialect_work *work, bool *changed, struct err *err);

#endif

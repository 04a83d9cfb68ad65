/* In which script a text is written: the share of its letters that belong to one. */
#ifndef FILTER_SCRIPT_H
#define FILTER_SCRIPT_H

#include "core/err.h"
#include "core/memory.h"

#define SCRIPTS_MOST 8

struct scripts {
    struct {
        int script;
        double share;
    } items[SCRIPTS_MOST];
    size_t count;
};

/* Adds 'NAME=SHARE', as in arabic=0.5. */
bool scripts_add(struct scripts *scripts, const char *condition, struct err *err);

/* Does each script have at least its share of the letters? A text without letters has none. */
bool scripts_hold(const struct scripts *scripts, struct text text);

#endif

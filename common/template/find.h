/* Which template a model directory means. */
#ifndef TEMPLATE_FIND_H
#define TEMPLATE_FIND_H

#include "core/err.h"
#include "core/memory.h"

struct template_found {
    struct buffer source;
    const char *where; /* the file's name, static */
    bool differs;      /* the other file holds another template */
};

/* Looks in the texts of chat_template.jinja, which comes first, and of tokenizer_config.json;
 * either may be absent ('at' is NULL). In the latter, chat_template is a string or a list of {name,
 * template}, of which 'default' is meant. 1 with found to be released, 0 for no template, -1. */
int template_find(struct template_found *found, struct text jinja, struct text config,
                  struct err *err);
void template_found_release(struct template_found *found);

#endif

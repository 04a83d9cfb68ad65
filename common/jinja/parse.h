/* A template's source to its tree, or why there is none. */
#ifndef JINJA_PARSE_H
#define JINJA_PARSE_H

#include "jinja/tree.h"

#define SOURCE_LIMIT ((size_t)1 << 20)

/* source is copied. On failure *line says where, 0 for nowhere. */
bool tree_parse(struct syntax *tree, struct text source, uint32_t *line, struct err *err);
void syntax_release(struct syntax *tree);

/* The number of a name, or UINT32_MAX when the template does not use it. */
uint32_t tree_name(const struct syntax *tree, struct text name);

#endif

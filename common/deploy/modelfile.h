/* A Modelfile: what Ollama makes a model of.
 *
 *     FROM ./model.gguf
 *     TEMPLATE """{{ range .Messages }}..."""
 *     PARAMETER temperature 0.7
 *     SYSTEM """You are an adviser."""
 *
 * A value is the rest of its line, or stands in quotes, single ("...") or triple, and may then be
 * of several lines. There are no escapes: some texts cannot be written. Ollama drops characters
 * that cannot be printed without a word; here they are refused. So are commands that a deployed
 * model cannot have (ADAPTER, RENDERER, PARSER, REQUIRES, DRAFT). */
#ifndef DEPLOY_MODELFILE_H
#define DEPLOY_MODELFILE_H

#include "core/err.h"
#include "core/memory.h"

struct modelfile_pair {
    char *name, *value; /* of a parameter, or role and content of a message */
};

struct modelfile_list {
    struct modelfile_pair *items;
    size_t count, room;
};

/* Everything is owned; all zero is an empty one. */
struct modelfile {
    char *from, *template, *system; /* NULL: there is none */
    struct modelfile_list parameters, messages;
    struct modelfile_list licenses; /* the names are NULL */
};

/* Adds what a text says; path is what to call it. Release file after a failure, too. */
bool modelfile_parse(struct modelfile *file, struct text text, const char *path, struct err *err);

/* In place of what there is; 'stop' may be there several times and is added. */
bool modelfile_set(struct modelfile *file, const char *name, const char *value, struct err *err);
void modelfile_replace(char **text, const char *with);
bool modelfile_has(const struct modelfile *file, const char *name);

/* Adds the text, which is parsed into the same again. False for what cannot be written; out is then
 * left as it was. */
bool modelfile_write(const struct modelfile *file, struct buffer *out, struct err *err);

void modelfile_release(struct modelfile *file);

#endif

/* What a GGUF file is to be in Ollama: the file, its digest, and a Modelfile's worth of what goes
 * with it, from the file's own chat template where nobody says more. */
#ifndef DEPLOY_RECIPE_H
#define DEPLOY_RECIPE_H

#include "deploy/family.h"
#include "deploy/modelfile.h"
#include "gguf/gguf.h"

#include <stdbool.h>

struct recipe {
    const char *path;
    struct gguf gguf;
    struct text chat_template; /* in the file; empty where it has none */
    struct modelfile modelfile;
    const char *family; /* where the template came from: a family's name, or NULL for the user */
    char sha256[65];
    char template_sha256[65]; /* of chat_template */
    int fd;
};

/* Opens and checks the file: a model with tensors. Close recipe in any case. */
bool recipe_open(struct recipe *recipe, const char *path, struct err *err);

/* Fills modelfile's template and stops: from 'auto' or the name of a family; a Modelfile's own are
 * kept with 'auto'. */
bool recipe_set_family(struct recipe *recipe, const char *name, struct err *err);

/* Takes a Go template. False, with what differs, where it says something else than the file's chat
 * template: it is taken all the same. */
bool recipe_set_template(struct recipe *recipe, const char *source, struct err *err);

/* Reads all of the file. */
bool recipe_hash(struct recipe *recipe, struct err *err);

/* The request that makes a model of that name. */
void recipe_write_request(const struct recipe *recipe, const char *name, struct buffer *json);

void recipe_close(struct recipe *recipe);

#endif

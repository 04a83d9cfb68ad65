/* From the chat template of a model, in Jinja, to the one that Ollama uses, in Go.
 *
 * A table holds the Go templates of known families. Which one a model needs is found by rendering
 * some conversations by both: all must come out the same, but for the token that begins a text,
 * where Ollama adds it itself. What a template says where there is no system message becomes a part
 * of the Go template. */
#ifndef DEPLOY_FAMILY_H
#define DEPLOY_FAMILY_H

#include "core/err.h"
#include "core/memory.h"

#define FAMILY_STOPS 6

struct family_found {
    const char *name; /* of the family, static */
    struct buffer source;
    struct buffer stops[FAMILY_STOPS]; /* terminated */
    size_t stop_count;
};

struct family_model {
    struct text template; /* Jinja */
    struct text bos, eos; /* the texts of these tokens, or empty */
    bool keeps_bos;       /* texts do not get bos by themselves: it is for the template to say */
};

/* False where no family fits, or the template cannot be rendered. Release found in any case. */
bool family_find(struct family_found *found, const struct family_model *model, struct err *err);

/* The family of that name (chatml, llama3, ..., plain): 1, or 0 where there is none. */
int family_named(struct family_found *found, const char *name, const struct family_model *model);
void family_release(struct family_found *found);

/* Do both say the same of the conversations? Otherwise err tells of the first that differs. */
bool family_agrees(struct text go, const struct family_model *model, struct err *err);

#endif

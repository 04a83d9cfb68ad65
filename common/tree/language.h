/* What is needed to talk to a model: its tokenizer, its chat template and the texts of its special
 * tokens, from wherever its files lie. */
#ifndef TREE_LANGUAGE_H
#define TREE_LANGUAGE_H

#include "template/template.h"
#include "tokens/encoder.h"

struct language {
    struct tokenizer *tokenizer;
    struct template *template; /* NULL: it has none */
    struct text bos, eos, pad, unk;
    struct buffer specials; /* holds their texts */
    struct tm date;         /* what a template may tell: today, or SOURCE_DATE_EPOCH */
    bool template_differs;  /* the model has two templates, which are not the same */
    char template_hash[65]; /* SHA-256 of its text; empty where there is none */
};

/* template: 'auto' takes the model's own, 'none' takes none, a name of a built-in one ('chatml') or
 * a file takes that. */
bool language_load(struct language *language, const char *model, const char *template,
                   struct err *err);
void language_release(struct language *language);

/* Has each id the same token in another model, as far as both have one? The first that differs is
 * in err. A model without a tokenizer has none. */
bool language_agrees(const struct language *language, const char *model, struct err *err);

/* All that a template wants to know but the messages. */
struct template_input language_input(const struct language *language);

#endif

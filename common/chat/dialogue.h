/* A conversation so far, and what the model sees of it: the text that its template makes, as ids.
 *
 * What people and models wrote is text and nothing else: a special token that is spelled out in it
 * is no special token. Those of the template are.
 *
 * Without a template the texts stand one behind the other, a newline behind those of the system and
 * of the model. */
#ifndef CHAT_DIALOGUE_H
#define CHAT_DIALOGUE_H

#include "records/scan.h"
#include "tree/language.h"

struct dialogue {
    const struct language *language; /* borrowed, as the next two */
    const char *prompt_format;       /* what {prompt} stands in; no template then. Or NULL */
    const char *prefill;             /* what each answer begins with, as it stands; or NULL */
    struct encoder encoder;
    struct buffer *turns; /* each a message in JSON */
    size_t count, room;
    struct buffer text, json, inner; /* scratch */
    struct scan scan;
};

void dialogue_init(struct dialogue *dialogue, const struct language *language);
void dialogue_release(struct dialogue *dialogue);

/* role: 'system', 'user' or 'assistant'. */
void dialogue_add(struct dialogue *dialogue, const char *role, struct text content);

/* Adds the messages of a JSON array. */
bool dialogue_add_all(struct dialogue *dialogue, const struct value *messages, struct err *err);

/* Begins anew: with a system text, unless that is empty. */
void dialogue_begin(struct dialogue *dialogue, struct text system);

/* Takes back what was added since there were so many. */
void dialogue_cut(struct dialogue *dialogue, size_t count);

/* Is a system's message the first one? */
bool dialogue_has_system(const struct dialogue *dialogue);

/* The ids of all of it, up to where the answer begins, in place of what stood in ids. */
bool dialogue_ids(struct dialogue *dialogue, struct ids *ids, struct err *err);

/* Appends the conversation as a JSON array. */
void dialogue_write(const struct dialogue *dialogue, struct buffer *out);

#endif

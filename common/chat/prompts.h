/* A file of prompts, all answered beside each other.
 *
 * A line is a prompt as it stands or, where it begins with '{', a record: with 'prompt' (a text, or
 * messages) or 'messages', perhaps with 'id' and 'system'. Out comes a line of JSON for each, in
 * their order, as soon as it and those before it are there. */
#ifndef CHAT_PROMPTS_H
#define CHAT_PROMPTS_H

#include "chat/dialogue.h"
#include "chat/speaker.h"
#include "core/outfile.h"

struct prompt {
    struct buffer head; /* what its line begins with: '{"id":7,"prompt":"..."' */
    size_t line;
};

struct prompts {
    /* Set before; borrowed. */
    struct dialogue *dialogue; /* which makes ids; what it holds is lost */
    const struct speaker
        *speaker;          /* has its decoder's config, and its adapter where there is one */
    struct text system;    /* where a record has none */
    bool adapted, compare; /* compare: with the adapter, and without */

    struct prompt *items;
    struct ids *ids;
    size_t count, room, ids_room;
    struct answer *answers, *others; /* others: without the adapter, where they are compared */
    size_t told;                     /* answers that were written */
    uint64_t tokens;                 /* that were made */
    struct outfile *out;
    struct err *err;
};

/* Reads all of them: what is wrong is told before the first answer is made. */
bool prompts_read(struct prompts *prompts, const char *path, struct err *err);

bool prompts_answer(struct prompts *prompts, struct outfile *out, struct err *err);
void prompts_release(struct prompts *prompts);

#endif

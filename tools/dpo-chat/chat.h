/* What dpo-chat holds, and what its parts do with it. */
#ifndef TOOLS_CHAT_H
#define TOOLS_CHAT_H

#include "base/base.h"
#include "chat/commands.h"
#include "chat/dialogue.h"
#include "chat/manner.h"
#include "chat/speaker.h"
#include "chat/tools.h"
#include "core/outfile.h"

struct chat {
    struct language language;
    struct model model;
    struct base base;
    struct adapter adapter;
    struct decoder decoder;
    struct team *team;
    bool adapted, compare;

    struct buffer system;
    struct dialogue dialogue;
    struct manner manner;
    struct speaker speaker;
    struct past past; /* the speaker's */
    struct tools tools;
    struct ends ends;
    struct text *stops; /* with room for the one that tools need */
    size_t stop_count;  /* of those that were asked for */

    struct outfile out;
    bool screen;    /* out is a terminal */
    size_t answers; /* so many were made, of */
    uint64_t tokens;
};

/* The text of --system, or of the file it names. */
void chat_take_system(struct chat *chat, const char *words);

/* Opens the model; its numbers of sampling go into chat->manner, over what is there. */
void chat_open(struct chat *chat, const char *name, const char *template, enum precision precision,
               unsigned bits);
void chat_close(struct chat *chat);

/* Puts an adapter on in place of the one that is; NULL: none. */
bool chat_adapt(struct chat *chat, const char *run, struct err *err);

/* After manner, tools or compare were changed. */
void chat_settle(struct chat *chat);

/* Writes text, harmless on a terminal, at once. */
bool chat_show(struct chat *chat, struct text text, struct err *err);

/* Writes what the model answers to a prompt: with and without the adapter, where they are compared;
 * the answer is that with it, and the caller's. */
bool chat_ask(struct chat *chat, const struct ids *prompt, struct answer *answer, struct err *err);

/* Says text to the model and writes what it answers; both stay in the dialogue unless it fails. */
bool chat_say(struct chat *chat, struct text text, struct err *err);

/* Answers all prompts of a file. */
void chat_prompts(struct chat *chat, const char *path);

/* Does what a command says; false: it says to end. */
bool chat_command(struct chat *chat, const struct spoken *spoken, bool *failed);

/* Talks until the input ends; false when something went wrong and nobody was there to see it. */
bool chat_talk(struct chat *chat);

#endif

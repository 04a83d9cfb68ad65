/* A pair as the model sees it: the ids of the prompt, then those of both answers as two branches.
 *
 * The texts are tokenised as TRL (0.29 and later) does it. Prompt, prompt with chosen and prompt
 * with rejected are tokenised each as a whole; what all three begin with is the prompt, the rest of
 * the second and the third are the answers. A token that reaches from the prompt into an answer so
 * belongs to the answer, on both sides. Strings get the tokenizer's own tokens around a text, and
 * answers end with the text of its end token; conversations are rendered by the chat template,
 * which writes both. Special tokens that are spelled out in a text are special tokens, as there.
 *
 * A pair without 'rejected' is a prompt and its completion; one that has no prompt either is a
 * text, or a whole conversation, and all of it is to be scored. */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include "records/pairs.h"
#include "tree/language.h"

struct branch {
    size_t context; /* ids of the prompt that this branch does not share with the other */
    size_t answer;  /* ids to be scored */
    size_t lost;    /* ids of the answer that --max-length cut off */
};

struct tree {
    struct ids ids; /* the shared prompt, then the branches */
    size_t prompt;  /* how many of them are shared */
    struct branch chosen, rejected;
    size_t prompt_lost; /* ids that --max-prompt-length or --max-length cut off */
    bool prompt_split;  /* the prompt alone ends with other tokens */
};

enum truncate { TRUNCATE_KEEP_START, TRUNCATE_KEEP_END };

struct tree_rules {
    const char
        *prompt_format;       /* for prompts that are strings: what {prompt} stands in, 'chat' where
                               * they are a user's message, or NULL */
    size_t max_length;        /* of prompt and answer together; 0: no bound */
    size_t max_prompt_length; /* the last so many ids of a prompt stay; 0: no bound */
    enum truncate truncate;
    bool score_prompts; /* as if they were part of the answer; for pairs without 'rejected' */
};

/* Is that a prompt_format, or NULL? */
bool tree_format_check(const char *format, struct err *err);
bool tree_format_is_chat(const char *format);

/* What makes trees, on one thread. Rules and language are borrowed. */
struct tree_maker {
    const struct tree_rules *rules;
    const struct language *language;
    struct encoder encoder;
    struct buffer texts[3]; /* of the last pair: prompt, with chosen, with rejected */
    struct ids ids[3];
    struct buffer messages;
    bool system_lost; /* the last pair has a system prompt, and a plain text has no place for it */
};

void tree_maker_init(struct tree_maker *maker, const struct language *language,
                     const struct tree_rules *rules);
void tree_maker_release(struct tree_maker *maker);

/* 1; 0 when the pair is to be left out, because the prompt alone fills max_length; -1 with err.
 * The tree's storage is used again. What was not checked as a pair must have an answer that is a
 * string or a conversation, and a prompt of the same kind or none. */
int tree_make(struct tree_maker *maker, struct pair *pair, struct tree *tree, struct err *err);

/* Appends the ids of the prompt alone, as an answer to it is begun: a conversation with what the
 * template puts before the answer. begun: text that the answer begins with. Only max_prompt_length
 * cuts, before begun; *lost tells how many ids. */
bool tree_prompt(struct tree_maker *maker, struct pair *pair, struct text begun, struct ids *out,
                 size_t *lost, struct err *err);
void tree_release(struct tree *tree);

#endif

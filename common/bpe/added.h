/* Added tokens: texts such as '<|im_end|>' that are found in a text before anything else is done
 * with it. Of those that begin at the same place the longest is taken, and the search goes on
 * behind it. */
#ifndef BPE_ADDED_H
#define BPE_ADDED_H

#include "bpe/vocab.h"

struct added_token {
    token_id id;
    uint32_t at, len; /* what is looked for, in patterns */
    bool special, single_word, lstrip, rstrip;
};

struct added {
    struct added_token *tokens; /* sorted by pattern after added_finish */
    size_t count, room;
    struct buffer patterns;
    unsigned char starts[256]; /* does a pattern begin with this byte? */
    int only;                  /* the byte that all begin with, or -1 */
};

#define ADDED_PATTERN_LIMIT 1024

void added_add(struct added *added, const struct added_token *token, struct text pattern);

/* False when two have the same pattern. */
bool added_finish(struct added *added);
void added_release(struct added *added);

struct text added_pattern(const struct added *added, const struct added_token *token);

struct added_search {
    const struct added *added;
    struct text text;
    bool plain_special; /* special tokens are text like any other */
    size_t from;        /* where the search goes on */
    size_t done;        /* what is before belongs to matches */
    size_t begin, end;  /* of the match, white space that it swallows included */
    const struct added_token *token;
};

/* The next match; false when there is none. Text between done (before the call) and begin is in no
 * match. */
bool added_next(struct added_search *search);

#endif

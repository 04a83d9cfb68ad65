/* An answer while it is made: tokens come in, whole characters go out, up to its end. */
#ifndef CHAT_ANSWER_H
#define CHAT_ANSWER_H

#include "generate/ends.h"
#include "generate/stops.h"
#include "tokens/detokenizer.h"

enum answer_end {
    ANSWER_OPEN,
    ANSWER_ENDED,      /* the model ended it */
    ANSWER_STOPPED,    /* a stop text came */
    ANSWER_CUT,        /* it has as many tokens as it may have */
    ANSWER_INTERRUPTED /* by whoever listens */
};

struct answer_rules {
    const struct tokenizer *tokenizer; /* all borrowed */
    const struct ends *ends;           /* tokens that end an answer and are no part of it, */
    const struct text *stops;          /* and such texts */
    size_t stop_count;
    const char *prefill; /* what each answer begins with; or NULL */
};

struct answer {
    const struct answer_rules *rules; /* borrowed */
    struct detokenizer detokenizer;
    struct stops stops;
    struct buffer text; /* all of it, the prefill included */
    struct buffer piece;
    size_t told; /* how much of the text answer_news has handed out */
    size_t tokens, most;
    enum answer_end end;
};

/* prompt: the ids that the answer goes on from; it matters where a prefill is a part of them. */
void answer_begin(struct answer *answer, const struct answer_rules *rules, const struct ids *prompt,
                  size_t most);

/* Takes a token. False when the answer is at its end. */
bool answer_take(struct answer *answer, token_id id);

/* Ends it, unless it is at its end. */
void answer_interrupt(struct answer *answer);

/* What came since the last call; good until the next token. */
struct text answer_news(struct answer *answer);

void answer_release(struct answer *answer);

#endif

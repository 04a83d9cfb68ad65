/* A model that answers: one prompt, or many beside each other. */
#ifndef CHAT_SPEAKER_H
#define CHAT_SPEAKER_H

#include "chat/answer.h"
#include "decoder/decoder.h"
#include "generate/past.h"
#include "generate/sampler.h"
#include "model/model.h"

#include <signal.h>

struct speaker {
    /* Set before; borrowed. */
    struct decoder *decoder;
    const struct model *model; /* looked through where what it says is no number; or NULL */
    struct answer_rules rules;
    struct sampling sampling;
    size_t most;         /* tokens of an answer */
    size_t memory;       /* bytes beside the weights */
    bool beyond_context; /* go on where a text is longer than the model was made for */
    struct past *past;   /* of a conversation, for single prompts; or NULL. See generate/past */
    const volatile sig_atomic_t *interrupted; /* ends all answers when it is not 0; or NULL */
};

/* Is there room for an answer, and are these ids of the model? */
bool speaker_accepts(const struct speaker *speaker, const struct ids *prompt, struct err *err);

/* Who hears answers as they are made: called for each that got longer or came to its end. Where it
 * returns false all answers end. */
typedef bool speaker_heard(void *context, size_t which, struct answer *answer);

/* Answers accepted prompts, with or without the decoder's adapter. answers need not be set before,
 * and are released by the caller. An answer depends on its prompt alone, whatever else is asked. */
bool speaker_answer(const struct speaker *speaker, const struct ids *prompts, size_t count,
                    bool adapted, struct answer *answers, speaker_heard *heard, void *context,
                    struct err *err);

#endif

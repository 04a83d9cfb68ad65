/* A prompt that stands inside the answers. */
#ifndef SOURCES_PROMPT_H
#define SOURCES_PROMPT_H

#include "core/err.h"
#include "records/scan.h"

/* Where two texts part, by TRL's rule: at the first character that differs, one earlier when that
 * follows a single space; when one text begins the other, before the shorter one's last character.
 * In dialogues ('\n\nHuman: ... \n\nAssistant: ...') behind the last turn marker both share.
 * 0: they share nothing. */
size_t prompt_split_texts(struct text chosen, struct text rejected);

/* Does a dialogue of that form begin here? */
bool dialogue_begins(struct text text);

/* What two dialogues share up to their last common '\n\nAssistant:', that with it; 0: nothing. */
size_t prompt_split_dialogues(struct text chosen, struct text rejected);

/* Is the prompt a question of this dialogue, which ends with '\n\nAssistant:', or all of it? White
 * space around it does not count. */
bool dialogue_says(struct text dialogue, struct text prompt);

bool same_message(const struct value *a, const struct value *b); /* byte by byte */

/* How many messages two conversations share, leaving each at least one. */
size_t prompt_split_messages(const struct scan *chosen, const struct scan *rejected);

#endif

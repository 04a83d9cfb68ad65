/* What is learned from without a rejected answer, a line of JSON each:
 *
 *     {"text":"..."}                            all of it
 *     {"messages":[{"role":...},...]}           all of it, as the template writes it
 *     {"prompt":...,"completion":...}           the completion; both strings or both messages
 *     {"prompt":...,"chosen":...,"rejected":...} a pair of dpo-pairs(5): what was chosen
 *
 * Other members are passed over; a line that has several of these is the lowest in this list. */
#ifndef EXAMPLES_FORM_H
#define EXAMPLES_FORM_H

#include "records/pairs.h"

enum form { FORM_TEXT, FORM_MESSAGES, FORM_COMPLETION, FORM_PAIR };

/* Looks at a scanned line, and makes it a pair for tree_make: what is learned from is 'chosen', the
 * prompt is NULL where there is none, and so is 'rejected'. */
bool form_take(struct pair *pair, enum form *form, struct err *err);

const char *form_name(enum form form); /* the members that tell it, quoted */

/* Is there a prompt that is not the thing to be learned? */
bool form_has_prompt(enum form form);

#endif

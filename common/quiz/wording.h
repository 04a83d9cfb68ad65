/* How a question is put to a model: as texts that go on behind the last label.
 *
 *     ### Question:                      السؤال: أي مدينة ...
 *     What is decided first?             A) تدمر
 *     A) the price                       B) البتراء
 *     B) the target                      الجواب:
 *
 *     ### Answer:
 *
 * The right form is for questions in which most letters are Arabic. */
#ifndef QUIZ_WORDING_H
#define QUIZ_WORDING_H

#include "quiz/choices.h"

enum question_type { QUESTION_CHOICE, QUESTION_TRUE_FALSE, QUESTION_OPEN };

/* Appends the prompt; choices count only for QUESTION_CHOICE. A statement to be judged is followed
 * by the words 'True or false?' unless it begins or ends with such words itself. */
void wording_write(struct buffer *out, enum question_type type, struct text question,
                   const struct choices *choices);

#endif

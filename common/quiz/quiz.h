/* Quizzes, read as questions to be asked: JSONL lines with id, prompt, answer, options and type.
 *
 *     {"level": "topic", "unit": "unit-01", ..., "questions": [{"type": "multiple_choice",
 *       "question": ..., "options": ["A) ..."], "correct_option": "B"}]}        a quiz
 *     [{"question": ..., "options": [...], "answer": 1, "explanation": ...}]    a list of questions
 *     {"question": ..., "reference_answer": ..., "key_concepts": [...]}         one a line
 *     {"prompt": ..., "answer": ...}                                            such a line already
 *
 * What a file is shows in its content. A list, or each line, may also hold whole quizzes. The types
 * are multiple_choice, true_false (correct_answer) and open; a question that does not name its own
 * shows it by its members. An id is made of the quiz's unit, chapter and topic (else its level,
 * else the file's name) and the question's place, unless the question has one. */
#ifndef QUIZ_QUIZ_H
#define QUIZ_QUIZ_H

#include "core/err.h"
#include "core/memory.h"

#define QUIZ_LIMIT ((size_t)16 << 20) /* bytes of a file that is one document */

/* Is this regular file a quiz, by its first record? False for what cannot be read, too, and for
 * standard input, of which nothing may be read twice. */
bool quiz_is(const char *path);

/* The same for the first bytes of a file. */
bool quiz_seems(struct text head);

/* Hands on one line a question, without its newline; the line is good for the call. False with err:
 * 'FILE: question N: why', where N counts the file's questions from 1. '-' is standard input. */
bool quiz_read(const char *path, bool (*take)(void *context, struct text line, struct err *err),
               void *context, struct err *err);

#endif

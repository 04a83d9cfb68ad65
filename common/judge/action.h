/* The answer of an agent: a Thought, then one Action in JSON.
 *
 *     Thought: The user asks for 17 times 6. This needs the calculator tool.
 *     Action: ```json
 *     {"tool": "calculator", "args": "17 * 6"}
 *     ```
 *
 * The fence may be missing. 'args' is a string or an object, and there are no other members. */
#ifndef JUDGE_ACTION_H
#define JUDGE_ACTION_H

#include "records/scan.h"

enum action {
    ACTION_GOOD,
    ACTION_NO_THOUGHT,  /* does not begin with 'Thought:' and some words */
    ACTION_NONE,        /* no 'Action:' line */
    ACTION_TWICE,       /* more than one */
    ACTION_BAD_JSON,    /* what follows is not one JSON object */
    ACTION_BAD_MEMBERS, /* not exactly 'tool' and 'args', or of other kinds */
    ACTION_TAIL         /* text behind the action */
};

/* scan is working space; after ACTION_GOOD it holds the object's members. */
enum action action_judge(struct text text, struct scan *scan);

/* The length of the object that text begins with, brackets in strings not counted; 0 for none. */
size_t action_object_length(struct text text);

#endif

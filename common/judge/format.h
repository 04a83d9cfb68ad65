/* How well a text keeps to an agent's form, and calls the tool it should.
 *
 * The lax claims are those of the published agent recipe, to be compared with its figures:
 *   json_validity    the first object in a ```json fence, or else the first pair of braces without
 *                    braces inside, is JSON and has 'tool' and 'args'
 *   thought_prefix   the text begins with 'thought:' in any case
 *   action_block     'action:' stands in it
 *   refusal          it says 'cannot help', 'can't help', 'unable to assist', 'i don't know' or
 *                    'i am not able'
 *   full_compliance  json_validity and thought_prefix
 * strict_compliance is judge/action's, and a tool of the set. */
#ifndef JUDGE_FORMAT_H
#define JUDGE_FORMAT_H

#include "judge/answer.h"

/* The first thing that is wrong. */
enum format_fault {
    FORMAT_GOOD,
    FORMAT_NO_THOUGHT,
    FORMAT_NO_ACTION,
    FORMAT_TWO_ACTIONS,
    FORMAT_BAD_JSON,
    FORMAT_BAD_MEMBERS,
    FORMAT_TAIL,
    FORMAT_UNKNOWN_TOOL,    /* not in the set */
    FORMAT_WRONG_TOOL,      /* not the expected one */
    FORMAT_WRONG_ARGUMENTS, /* the tool is right */
    FORMAT_FAULTS
};

struct format_key {
    const struct text *tools; /* the set; none: any tool will do */
    size_t tool_count;
    struct text expected; /* {"tool": ..., "args": ...}; empty: not known */
};

struct format_verdict {
    bool json_validity, thought_prefix, action_block, refusal, full_compliance;
    bool strict_compliance;
    bool expects;         /* the key holds an action: the next two mean something */
    bool tool, arguments; /* as expected; arguments only where the tool is */
    enum format_fault fault;
};

/* Arguments of a calculator are the same when their values are, strings when their normal forms
 * are, objects by their members. An action is compared wherever one can be read in the text. */
void format_judge(const struct format_key *key, struct text generated, struct judge_desk *desk,
                  struct format_verdict *verdict);
const char *format_fault_name(enum format_fault fault); /* 'no-thought' */

#endif

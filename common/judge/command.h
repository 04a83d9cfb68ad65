/* A judge that is a command, run by 'sh -c'.
 *
 * It is given a line of JSON a text on its standard input,
 *
 *     {"id":.., "prompt":.., "generated":"..", "answer":.., "chosen":.., "reference_answer":".."}
 *
 * without the members that are not known, and writes a line of JSON for each, in the same order:
 * true, false, a number from 0 to 1, {"correct": true} or {"score": 0.5, "why": "..."}. What it
 * says on standard error is seen by people. It has its own process group, which is killed when the
 * work ends, and when the program ends early, however it does. */
#ifndef JUDGE_COMMAND_H
#define JUDGE_COMMAND_H

#include "core/err.h"
#include "core/memory.h"

#define COMMAND_LINE ((size_t)64 << 10) /* of the command's answers, at most */

/* Of JSON as it stands in a record where a member may be of any kind; empty: not known. */
struct command_case {
    struct text id, prompt, answer, chosen;  /* JSON */
    struct text generated, reference_answer; /* text */
};

struct command_judge {
    const char *command;
    double seconds; /* that may pass without a line */
    /* Called for each verdict in order, as it comes; why is empty where none was given. */
    bool (*take)(void *context, size_t index, double score, struct text why, struct err *err);
    void *context;
};

/* False with err in one line: not found, died after n of m verdicts, wrote something else at its
 * line n, too few or too many lines, silent for too long. */
bool command_run(const struct command_judge *judge, const struct command_case *cases, size_t count,
                 struct err *err);

#endif

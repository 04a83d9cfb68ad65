/* Named ways for an agent to be wrong: what the rejected answers are made of. */
#ifndef SYNTH_SYNTH_FAULTS_H
#define SYNTH_SYNTH_FAULTS_H

#include "synth/synth_slots.h"
#include "synth/synth_templates.h"

/* A request and its right answer. */
struct synth_case {
    const struct synth_template *row;
    enum synth_tool tool;
    unsigned tools;      /* that the agent has, a bit each */
    bool hard;           /* more faults apply */
    struct slots *slots; /* as they are filled in the request */
    struct text thought, args;
};

/* Appends 'Action: ' and the fenced object, or the object alone. */
void action_add(struct buffer *out, const char *tool, struct text args);
void action_add_object(struct buffer *out, const char *tool, struct text args);

/* Appends a wrong answer, drawn evenly from the faults that apply; returns the fault's name. */
const char *fault_add(const struct synth_case *right, struct buffer *out);

#endif

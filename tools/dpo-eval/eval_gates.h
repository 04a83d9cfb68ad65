/* The gates of dpo-eval: read before the work, checked after it. */
#ifndef TOOLS_EVAL_GATES_H
#define TOOLS_EVAL_GATES_H

#include "eval/gate.h"
#include "options/options.h"

/* Ends the program with status 2 where a gate is none, or asks for what will not be measured. */
void eval_gates_read(const struct option_list *texts, const struct gate_numbers *numbers);

/* Does one of them ask for a number from there? */
bool eval_gates_ask(enum gate_source source);

/* The exit status: a line for each gate that is not met. */
int eval_gates_check(const struct gate_numbers *numbers);

#endif

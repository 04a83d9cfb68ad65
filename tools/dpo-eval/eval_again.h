/* dpo-eval on results that are there: nothing is computed by a model. */
#ifndef TOOLS_EVAL_AGAIN_H
#define TOOLS_EVAL_AGAIN_H

/* --from: compares, makes a sheet, counts one, checks gates. Returns the exit status. */
int eval_again(char **files);

/* The sheet of a test that was just written to path. */
void eval_again_sheet(const char *path);

#endif

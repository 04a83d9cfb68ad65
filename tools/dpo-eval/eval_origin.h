/* What the adapter of the test says of its training. */
#ifndef TOOLS_EVAL_ORIGIN_H
#define TOOLS_EVAL_ORIGIN_H

/* Rewards are on the scale of the training, as far as the adapter says which that was; warns where
 * the reference was another one. */
void eval_origin_read(void);

/* Warns where the base was another one than the model of this identity. */
void eval_origin_check(const char *identity);

#endif

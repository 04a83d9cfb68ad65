/* The three texts of a pair: its prompt, and the prompt with each of the answers. */
#ifndef TREE_TREE_TEXTS_H
#define TREE_TREE_TEXTS_H

#include "tree/tree.h"

/* Fills maker->texts. *special: is the tokenizer to put its own tokens around them? */
bool tree_texts(struct tree_maker *maker, struct pair *pair, bool *special, struct err *err);

#endif

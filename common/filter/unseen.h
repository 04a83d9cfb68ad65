/* Prompts that stand in another file, which may not be trained on: a test set, a quiz. */
#ifndef FILTER_UNSEEN_H
#define FILTER_UNSEEN_H

#include "records/pairs.h"
#include "records/seen.h"

struct unseen {
    bool active;
    struct hash_key key;
    struct seen exact, normal; /* hashes of the prompts, as written and normalised */
};

/* Does a prompt stand there? UNSEEN_NEAR: but for case, spacing, punctuation and Arabic marks. */
enum unseen_match { UNSEEN_NEW, UNSEEN_NEAR, UNSEEN_SAME, UNSEEN_MATCHES };

/* Reads the prompts of a file in any JSON form: 'prompt' (text or messages), 'question' or another
 * name that dpo-merge knows for it. Not standard input, where the pairs come from. */
bool unseen_load(struct unseen *unseen, const char *path, struct err *err);

enum unseen_match unseen_find(const struct unseen *unseen, struct pair *pair,
                              struct buffer *scratch);
void unseen_release(struct unseen *unseen);

/* Appends text without what two writings of one question may differ in. What makes another
 * calculation stays: + * / = < > % ^ $, a minus before a digit, a dot or comma between two. Text
 * of which nothing would be left is appended as it is. */
void normalize_text(struct text text, struct buffer *out);

#endif

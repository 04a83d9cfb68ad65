/* Prompts that stand in another file, which may not be trained on: a test set, a quiz. */
#ifndef FILTER_UNSEEN_H
#define FILTER_UNSEEN_H

#include "records/pairs.h"
#include "records/seen.h"

struct unseen {
    bool active;
    struct hash_key key;
    struct seen prompts; /* normalised */
};

/* Reads the prompts of a file in any JSON form: 'prompt' (text or messages), 'question' or another
 * name that dpo-merge knows for it. */
bool unseen_load(struct unseen *unseen, const char *path, struct err *err);

/* Does the pair's prompt stand there, but for case, spacing, punctuation and Arabic marks? */
bool unseen_holds(const struct unseen *unseen, struct pair *pair, struct buffer *scratch);
void unseen_release(struct unseen *unseen);

/* Appends text without what two writings of one question may differ in. */
void normalize_text(struct text text, struct buffer *out);

#endif

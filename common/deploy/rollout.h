/* A model gets its names, and gives them up again.
 *
 * It is made under a name that nobody uses, its candidate's, is asked there, and only then are the
 * names moved to it, one after the other, each by one copy that Ollama does at once. What a name
 * meant before is kept as NAME-prev, and what that meant as NAME-kept until all names have moved.
 * When a move fails all of them, and their -prev, are taken back; a run that was cut off leaves
 * NAME-kept to the next one, which does it. Whatever happens, the candidate's name is gone at the
 * end. */
#ifndef DEPLOY_ROLLOUT_H
#define DEPLOY_ROLLOUT_H

#include "deploy/client.h"

struct rollout {
    struct client *client;
    char *candidate; /* NAME:candidate-XXXXXXXXXXXX; NULL: none was made */
    char **names;    /* owned; the first is the model's own */
    size_t count;
    size_t moved;      /* so many mean the new model now */
    struct past *past; /* of each name */
};

struct past {
    char now[65], before[65]; /* what the name and its -prev meant, digests; "": nothing */
    char left[65];            /* what one that was cut off left as its -swap */
    bool moves;               /* it does not mean what it is to mean already */
    char *spare;              /* its -kept or -swap, where that is of no more use; or NULL */
};

/* Names from '[HOST/][SPACE/]MODEL[:TAG]' and further tags. False for what is no name; close
 * rollout in any case. */
bool rollout_open(struct rollout *rollout, struct client *client, const char *name,
                  const char *const *tags, size_t tag_count, struct err *err);

/* Says what the candidate is called; digest is the file's. */
const char *rollout_candidate(struct rollout *rollout, const char *digest);

/* Moves the names to the candidate, which was made. */
bool rollout_move(struct rollout *rollout, struct err *err);

/* For a way back: beside tags, which are what is meant, the model's own name stays. */
void rollout_leave_own(struct rollout *rollout);

/* Gives the names to what they meant before: each changes places with its NAME-prev, or none does.
 * Goes on where an earlier one was cut off. */
bool rollout_back(struct rollout *rollout, struct err *err);

/* Removes the candidate's name, where it was made, and those that served a move; false when the
 * server does not. */
bool rollout_clear(struct rollout *rollout, struct err *err);
void rollout_close(struct rollout *rollout);

#endif

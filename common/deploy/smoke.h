/* Asking a model that was just made one question, before anybody else does. */
#ifndef DEPLOY_SMOKE_H
#define DEPLOY_SMOKE_H

#include "deploy/client.h"

struct smoke {
    const char *prompt;
    const char
        *expect;  /* an extended regular expression, or NULL; the case of letters is all one */
    size_t limit; /* tokens of an answer */
    struct buffer answer; /* terminated */
    uint64_t tokens;      /* of the answer */
    double seconds;       /* from question to answer */
    bool holds;           /* the answer is one, and as expected */
};

/* Can expect be compiled? */
bool smoke_check(const char *expect, struct err *err);

/* False when there is no answer, for the server's or the network's sake. An answer without a token
 * is one that does not hold; err then tells why, too. Release in any case. */
bool smoke_run(struct smoke *smoke, struct client *client, const char *model, struct err *err);
void smoke_release(struct smoke *smoke);

#endif

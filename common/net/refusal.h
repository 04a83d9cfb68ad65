/* What a server said when it refused, in one line for people. */
#ifndef NET_REFUSAL_H
#define NET_REFUSAL_H

#include "net/http.h"

/* err becomes 'ADDRESS: 404 not found: 'model is not there''; false. The words are those of a field
 * X-Error-Message, of a JSON body's 'error' or 'message', or of a body that is plain text. */
bool refusal_tell(const struct http_answer *answer, struct err *err);

/* The seconds that the server asks to wait for (Retry-After), or -1. */
double refusal_wait(const struct http_answer *answer);

#endif

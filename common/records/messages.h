/* A conversation as JSON: an array of {"role": ..., "content": ...} objects. */
#ifndef RECORDS_MESSAGES_H
#define RECORDS_MESSAGES_H

#include "core/err.h"
#include "records/scan.h"

struct message {
    const struct value *role, *content; /* strings */
};

/* Takes one element of a conversation apart. False with err when it is no message; role must be
 * system, developer, user, assistant or tool. The result lives in scan. */
bool message_parse(const struct value *element, struct scan *scan, struct message *message,
                   struct err *err);

/* Is array a conversation with at least one message and some content? Scans are working space;
 * after a good one list holds its messages, and scan the last of them. */
bool messages_check(const struct value *array, struct scan *list, struct scan *scan,
                    struct err *err);

/* The same for an answer, which the assistant must begin. */
bool messages_check_answer(const struct value *array, struct scan *list, struct scan *scan,
                           struct err *err);

/* Appends the contents, a newline between two. */
void messages_text(const struct value *array, struct scan *list, struct scan *scan,
                   struct buffer *out);

/* Appends what no two different conversations share: roles, contents and every other member. */
void messages_identity(const struct value *array, struct scan *list, struct scan *scan,
                       struct buffer *out);

#endif

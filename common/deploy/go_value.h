/* An expression of a Go template and what it comes to. Private to go_template.c and go_value.c. */
#ifndef DEPLOY_GO_VALUE_H
#define DEPLOY_GO_VALUE_H

#include "deploy/go_template.h"

struct go_value {
    enum { GO_TEXT, GO_NUMBER, GO_BOOL, GO_LIST, GO_MESSAGE } kind;
    struct text text;
    size_t number; /* of a list: its length; of a bool: 0 or 1; of a message: which */
};

/* What names mean at one place. */
struct go_scope {
    const struct go_chat *chat;
    bool ranging; /* the dot is a message, at index */
    size_t index;
    struct text index_name, item_name; /* with their '$'; empty where the range names none */
};

/* A whole expression. */
bool go_value_of(const struct go_scope *scope, struct text expression, struct go_value *value,
                 struct err *err);
bool go_value_holds(const struct go_value *value); /* as 'if' asks */

#endif

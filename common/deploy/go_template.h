/* The templates of Ollama, as far as chat templates need them: Go's text/template with .System,
 * .Messages, .Role and .Content; one range at a time; if, else if, else; eq, ne, not, and, or, len,
 * slice. What is beyond that is refused, never rendered approximately. */
#ifndef DEPLOY_GO_TEMPLATE_H
#define DEPLOY_GO_TEMPLATE_H

#include "core/err.h"
#include "core/memory.h"

struct go_message {
    struct text role, content;
};

/* Messages as Ollama hands them to a template: its system messages are among them, and system is
 * what they say. */
struct go_chat {
    const struct go_message *messages;
    size_t count;
    struct text system; /* empty: there is none */
};

/* Adds the text to out; on failure out is what it was before. */
bool go_template_render(struct text source, const struct go_chat *chat, struct buffer *out,
                        struct err *err);

#endif

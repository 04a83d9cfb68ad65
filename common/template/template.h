/* Chat templates: a conversation to the text that a model was trained on.
 *
 * A model brings its template, a program in Jinja. It is parsed once and then renders any number
 * of conversations, the same bytes that Hugging Face's libraries make: blocks trimmed
 * (trim_blocks, lstrip_blocks), loop controls, 'generation' blocks as plain text, tojson without
 * escapes. What is not supported is refused with the template's name, the line and the cause, and
 * never rendered approximately. A template cannot do harm: it sees its input and nothing else, and
 * its steps, memory, output and depth are bounded.
 *
 * A struct template is only read by template_render: threads may share it. */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "core/err.h"
#include "core/memory.h"

#include <time.h>

struct template;

/* The variables of a template. A text whose 'at' is NULL is not given. */
struct template_input {
    struct text messages;  /* JSON: an array of messages */
    struct text tools;     /* JSON, or none; an empty array counts as none */
    struct text documents; /* JSON, or none */
    bool add_generation_prompt;
    struct text bos, eos, pad, unk; /* the texts of the special tokens */
    struct text extra;    /* JSON: an object of further variables, such as enable_thinking */
    const struct tm *now; /* what strftime_now tells; NULL: the template has no such function */
};

/* source and name are copied. On failure err names the template and the line, and *template is
 * NULL. */
bool template_parse(struct template **template, struct text source, const char *name,
                    struct err *err);

/* Adds the text to out, which is left as it was on failure. */
bool template_render(const struct template *template, const struct template_input *input,
                     struct buffer *out, struct err *err);

void template_free(struct template *template); /* NULL is allowed */

#endif

/* Any bytes as lines of texts to learn from: each is refused with a reason, or has a form and is a
 * pair that can be made into a tree: a prompt or none, an answer, no rejected one. */
#include "examples/form.h"
#include "fuzz/fuzz.h"
#include "records/messages.h"

#include <string.h>

static struct pair pair;

static void check_value(const struct value *value)
{
    struct err err;

    demand(value->at >= pair.line.at && value->at + value->len <= pair.line.at + pair.line.len);
    demand(value->kind == KIND_STRING ||
           (value->kind == KIND_ARRAY && messages_check(value, &pair.inner, &pair.message, &err)));
}

static void check_line(struct text line)
{
    struct err err = {{0}};
    enum form form;

    if (!pair_scan(&pair, line, &err) || !form_take(&pair, &form, &err)) {
        demand(err.text[0] != '\0');
        return;
    }
    demand(*form_name(form) == '\'');
    demand(pair.fields[FIELD_CHOSEN] && !pair.fields[FIELD_REJECTED]);
    check_value(pair.fields[FIELD_CHOSEN]);
    demand(form_has_prompt(form) == (pair.fields[FIELD_PROMPT] != NULL));
    if (!form_has_prompt(form)) return;
    check_value(pair.fields[FIELD_PROMPT]);
    demand(pair.fields[FIELD_PROMPT]->kind == pair.fields[FIELD_CHOSEN]->kind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = data ? (const char *)data : "", *end = at + size;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;

        check_line((struct text){at, (size_t)(stop - at)});
        at = newline ? newline + 1 : end;
    }
    pair_release(&pair);
    pair = (struct pair){0};
    return 0;
}

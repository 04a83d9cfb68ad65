#include "report/facts.h"

#include "records/value.h"

#include <string.h>

#define FACTS ((size_t)400) /* more than any file of ours has */

static char *copy(struct text text)
{
    char *word = mem_alloc(text.len + 1);

    if (text.len) memcpy(word, text.at, text.len);
    word[text.len] = '\0';
    return word;
}

void facts_add(struct facts *facts, struct text name, struct text value)
{
    if (facts->count == FACTS) {
        facts->left_out++;
        return;
    }
    facts->items = mem_room(facts->items, facts->count, &facts->room, sizeof *facts->items);
    facts->items[facts->count++] = (struct fact){copy(name), copy(value)};
}

const char *facts_find(const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->items[i].name, name) == 0) return facts->items[i].value;
    return NULL;
}

static void add_member(struct facts *facts, struct text within, const struct member *member,
                       struct buffer *name, struct buffer *scratch)
{
    struct text value = {member->value.at, member->value.len};

    if (member->value.kind == KIND_NULL) return;
    name->len = 0;
    scratch->len = 0;
    buffer_add(name, within.at, within.len);
    if (within.len) buffer_byte(name, '.');
    value_unescape(&member->key, name);
    if (member->value.kind == KIND_STRING) value = value_text(&member->value, scratch);
    facts_add(facts, (struct text){name->at, name->len}, value);
}

static void add_object(struct facts *facts, const struct member *outer, struct scan *inner,
                       struct buffer *name, struct buffer *scratch)
{
    struct buffer within = {0};

    value_unescape(&outer->key, &within);
    if (scan_json(inner, outer->value.at, outer->value.len))
        for (size_t i = 0; i < inner->count; i++)
            add_member(facts, (struct text){within.at, within.len}, &inner->members[i], name,
                       scratch);
    buffer_release(&within);
}

bool facts_flatten(struct facts *facts, const char *what, struct text text, struct err *err)
{
    struct scan scan = {0}, inner = {0};
    struct buffer name = {0}, scratch = {0};
    bool good = scan_json(&scan, text.at, text.len) && scan.root.kind == KIND_OBJECT;

    if (!good)
        err_set(err, "%s: is not a JSON object%s%s", what, scan.problem ? ": " : "",
                scan.problem ? scan.problem : "");
    for (size_t i = 0; good && i < scan.count; i++) {
        if (scan.members[i].value.kind == KIND_OBJECT)
            add_object(facts, &scan.members[i], &inner, &name, &scratch);
        else
            add_member(facts, (struct text){"", 0}, &scan.members[i], &name, &scratch);
    }
    buffer_release(&name);
    buffer_release(&scratch);
    scan_release(&scan);
    scan_release(&inner);
    return good;
}

void facts_release(struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        mem_free(facts->items[i].name);
        mem_free(facts->items[i].value);
    }
    mem_free(facts->items);
    *facts = (struct facts){0};
}

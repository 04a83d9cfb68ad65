#include "template/find.h"

#include "records/value.h"

#include <string.h>

static const char jinja_file[] = "chat_template.jinja";
static const char config_file[] = "tokenizer_config.json";

static bool scan_or_say(struct scan *scan, const char *at, size_t len, struct err *err)
{
    if (scan_json(scan, at, len)) return true;
    return err_set(err, "%s: %s at byte %zu", config_file, scan->problem, scan->column);
}

/* One {name, template} of the list. *found tells whether it is the default one. */
static bool read_named(const struct value *row, struct scan *scan, struct buffer *source,
                       bool *found, struct err *err)
{
    const struct member *name, *text;

    if (row->kind != KIND_OBJECT)
        return err_set(err, "%s: 'chat_template' holds %s", config_file, kind_name(row->kind));
    if (!scan_or_say(scan, row->at, row->len, err)) return false;
    name = scan_member(scan, "name");
    text = scan_member(scan, "template");
    if (!name || name->value.kind != KIND_STRING || !text || text->value.kind != KIND_STRING)
        return err_set(err, "%s: a row of 'chat_template' is not a name and a template",
                       config_file);
    if (!value_is(&name->value, TEXT("default"))) return true;
    *found = true;
    source->len = 0;
    value_unescape(&text->value, source);
    return true;
}

static int read_list(const struct value *list, struct buffer *source, struct err *err)
{
    struct scan rows = {0}, row = {0};
    bool found = false, good = scan_or_say(&rows, list->at, list->len, err);

    for (size_t i = 0; good && i < rows.count; i++)
        good = read_named(&rows.members[i].value, &row, source, &found, err);
    if (good && !found)
        good = err_set(err, "%s: no 'chat_template' is named 'default'", config_file);
    scan_release(&rows);
    scan_release(&row);
    return good ? 1 : -1;
}

static int read_config(struct text config, struct buffer *source, struct err *err)
{
    struct scan scan = {0};
    const struct member *member = NULL;
    int got = scan_or_say(&scan, config.at, config.len, err) ? 0 : -1;

    if (got == 0) member = scan_member(&scan, "chat_template");
    if (member && member->value.kind == KIND_STRING) {
        value_unescape(&member->value, source);
        got = 1;
    } else if (member && member->value.kind == KIND_ARRAY) {
        got = read_list(&member->value, source, err);
    } else if (member && member->value.kind != KIND_NULL) {
        err_set(err, "%s: 'chat_template' is %s", config_file, kind_name(member->value.kind));
        got = -1;
    }
    scan_release(&scan);
    return got;
}

/* A last line break is no difference. */
static size_t length_without_end(const char *at, size_t len)
{
    return len > 0 && at[len - 1] == '\n' ? len - 1 : len;
}

int template_find(struct template_found *found, struct text jinja, struct text config,
                  struct err *err)
{
    struct buffer inner = {0};
    int got = config.at ? read_config(config, &inner, err) : 0;
    size_t len = length_without_end(jinja.at, jinja.len);

    *found = (struct template_found){.source = inner, .where = config_file};
    if (got < 0) return template_found_release(found), -1;
    if (!jinja.at) return got;
    found->where = jinja_file;
    found->differs = got == 1 && (length_without_end(inner.at, inner.len) != len ||
                                  (len > 0 && memcmp(inner.at, jinja.at, len) != 0));
    found->source.len = 0;
    buffer_add(&found->source, jinja.at, jinja.len);
    return 1;
}

void template_found_release(struct template_found *found)
{
    buffer_release(&found->source);
}

#include "core/outfile.h"
#include "dpo-train/train_options.h"
#include "options/option_value.h"

#include <string.h>

/* Of one process, and not of the run. */
static bool is_passing(const char *name)
{
    return strcmp(name, "resume") == 0 || strcmp(name, "dry-run") == 0;
}

/* What may differ from one part of a run to the next. */
static bool is_habit(const char *name)
{
    static const char *const habits[] = {
        "model", "output", "eval",        "adapter", "save-steps",    "history",
        "cache", "memory", "tensorboard", "samples", "sample-tokens", "save-total-limit"};
    size_t i = 0;

    while (i < sizeof habits / sizeof *habits && strcmp(name, habits[i]) != 0) i++;
    return i < sizeof habits / sizeof *habits;
}

static void list(bool all,
                 void (*add)(void *context, const struct option_spec *row, const char *value),
                 void *context)
{
    struct buffer value = {0};

    for (const struct option_spec *row = train_options; row->name; row++) {
        if (is_passing(row->name) || (!all && is_habit(row->name))) continue;
        value.len = 0;
        if (!option_value_text(row, &value)) continue;
        buffer_byte(&value, '\0');
        add(context, row, value.at);
    }
    buffer_release(&value);
}

static void add_member(void *context, const struct option_spec *row, const char *value)
{
    json_object_set_new(context, row->name, json_string(value));
}

json_t *train_options_deciding(void)
{
    json_t *options = json_object();

    list(false, add_member, options);
    return options;
}

/* As --config reads it: None and null are no text there without quotes. */
static void add_text(struct buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_./:,+*=";
    static const char marks[] = "\n\t\r\\\"", letters[] = "ntr\\\"";

    if (*text && !strchr("nN", *text) && text[strspn(text, plain)] == '\0') {
        buffer_text(out, text);
        return;
    }
    buffer_byte(out, '"');
    for (; *text; text++) {
        const char *mark = strchr(marks, *text);

        if (mark) buffer_byte(out, '\\');
        buffer_byte(out, mark ? letters[mark - marks] : *text);
    }
    buffer_byte(out, '"');
}

static void add_line(void *context, const struct option_spec *row, const char *value)
{
    const struct option_list *items = row->value;
    struct buffer *out = context;

    buffer_format(out, "%s%s = ", option_given(row->name) ? "" : "# ", row->name);
    if (row->type == OPTION_LIST) {
        for (size_t i = 0; i < items->count; i++) {
            buffer_text(out, i ? ", " : "[");
            add_text(out, items->items[i]);
        }
        buffer_text(out, "]\n");
        return;
    }
    add_text(out, value);
    buffer_byte(out, '\n');
}

bool train_options_keep(const char *run, struct err *err)
{
    char *path = mem_format("%s/dpo-train.conf", run);
    struct buffer text = {0};
    bool good;

    list(true, add_line, &text);
    good = outfile_put(path, buffer_content(&text), err);
    mem_free(path);
    buffer_release(&text);
    return good;
}

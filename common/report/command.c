#include "report/command.h"

#include "records/scan.h"
#include "records/value.h"
#include "report/unseen.h"
#include "unicode/utf8.h"

#include <string.h>

/* broken: the word is no UTF-8, so of what is not ASCII nothing can be shown. */
static bool is_unseen(uint32_t code, bool broken)
{
    return code != '\n' &&
           ((broken && code >= 0x80) || unseen_control(code) || unseen_direction(code));
}

/* In single quotes, but for what a page or a terminal would not show as it is: that is left to
 * printf(1), which every shell has. Newlines stay, as $(...) would drop the last ones. */
static void quote(struct buffer *out, struct text word)
{
    const bool broken = utf8_fault(word) != NULL;
    bool unseen = false;
    unsigned len = 1;

    buffer_byte(out, '\'');
    for (const char *at = word.at, *end = at + word.len; at < end; at += len) {
        const uint32_t code = broken ? (unsigned char)*at : utf8_code(at, &len);

        if (is_unseen(code, broken) != unseen) {
            buffer_text(out, unseen ? "')\"'" : "'\"$(printf '");
            unseen = !unseen;
        }
        for (unsigned i = 0; unseen && i < len; i++)
            buffer_format(out, "\\%03o", (unsigned)(unsigned char)at[i]);
        if (!unseen && code == '\'')
            buffer_text(out, "'\\''");
        else if (!unseen)
            buffer_add(out, at, len);
    }
    buffer_text(out, unseen ? "')\"" : "'");
}

static void add_word(struct buffer *out, struct text word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    size_t i = 0;

    while (i < word.len && memchr(plain, word.at[i], sizeof plain - 1)) i++;
    buffer_byte(out, ' ');
    if (i == word.len && word.len > 0)
        buffer_add(out, word.at, word.len);
    else
        quote(out, word);
}

/* As an OPTION_LINES is written on the command line, see options/options.h. */
static void add_lines(struct buffer *out, const char *value)
{
    struct buffer word = {0};

    for (; *value; value++) {
        if (*value == '\n' || *value == '\t' || *value == '\\') buffer_byte(&word, '\\');
        buffer_byte(&word, *value == '\n' ? 'n' : *value == '\t' ? 't' : *value);
    }
    add_word(out, buffer_content(&word));
    buffer_release(&word);
}

/* What was read from a pipe has no name. */
static bool is_name(const struct value *value)
{
    return value->kind == KIND_STRING && !value_is(value, TEXT("-"));
}

/* Appends the names unless out is NULL. False, and nothing, where they are not known. */
static bool add_files(const struct run_folder *run, struct buffer *out)
{
    const char *list = facts_find(&run->metadata, "train_data.files");
    struct scan scan = {0};
    struct buffer name = {0};
    bool good = list && scan_json(&scan, list, strlen(list)) && scan.root.kind == KIND_ARRAY &&
                scan.count > 0;

    for (size_t i = 0; good && i < scan.count; i++) good = is_name(&scan.members[i].value);
    for (size_t i = 0; good && out && i < scan.count; i++) {
        name.len = 0;
        if (scan.members[i].value.at[1] == '-') buffer_text(&name, "./"); /* no option */
        value_unescape(&scan.members[i].value, &name);
        add_word(out, buffer_content(&name));
    }
    buffer_release(&name);
    scan_release(&scan);
    return good;
}

bool command_names_data(const struct run_folder *run)
{
    return add_files(run, NULL);
}

bool command_of_run(const struct run_folder *run, struct buffer *out)
{
    if (!run->has_options || run->options.left_out) return false;
    buffer_text(out, "dpo-train");
    for (size_t i = 0; i < run->options.count; i++) {
        const struct fact *fact = &run->options.items[i];

        if (strcmp(fact->name, "output") == 0 || strcmp(fact->name, "history") == 0) continue;
        buffer_format(out, " --%s", fact->name);
        if (strcmp(fact->value, "yes") == 0 && strcmp(fact->name, "completion-only-loss") != 0)
            continue;
        if (strcmp(fact->name, "prompt-format") == 0)
            add_lines(out, fact->value);
        else
            add_word(out, text_of(fact->value));
    }
    buffer_text(out, " -o NEW_RUN");
    if (!add_files(run, out)) buffer_text(out, " TRAIN.jsonl");
    return true;
}

void command_explain(struct buffer *out, bool data)
{
    buffer_text(out, "NEW_RUN stands for a folder of yours");
    if (data) buffer_text(out, ", TRAIN.jsonl for the training data, whose names are not known");
    buffer_byte(out, '.');
}

#include "deploy/modelfile.h"
#include "deploy/modelfile_text.h"
#include "records/value.h"

#include <string.h>

/* What Go's unicode.IsPrint refuses, beside those that no text has: control and format characters,
 * separators, private ones. Newlines, tabs and blanks stay; a carriage return would not come
 * back. */
static const struct {
    uint32_t first, last;
} dropped[] = {{0x00, 0x08},       {0x0b, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},
               {0x0600, 0x0605},   {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},
               {0x0890, 0x0891},   {0x08e2, 0x08e2},   {0x1680, 0x1680},   {0x180e, 0x180e},
               {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},   {0x3000, 0x3000},
               {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xfff0, 0xfffb},
               {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},
               {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff},
               {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff}};

static bool is_dropped(uint32_t code)
{
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (code >= dropped[i].first && code <= dropped[i].last) return true;
    return false;
}

size_t modelfile_text_good(struct text text, uint32_t *code)
{
    const char *at = text.at, *end = at + text.len;

    *code = 0;
    while (at < end) {
        const char *here = at;

        if ((unsigned char)*at >= 0x80 && !utf8_run(at, end)) {
            *code = 0;
            return (size_t)(at - text.at);
        }
        *code = utf8_next(&at);
        if (is_dropped(*code)) return (size_t)(here - text.at);
    }
    return text.len;
}

bool modelfile_text_write(struct buffer *out, const char *command, const char *value,
                          struct err *err)
{
    const size_t len = strlen(value);
    uint32_t code;
    const bool bare = len && !strpbrk(value, "\n\"#") && !strchr(" \t", value[0]) &&
                      !strchr(" \t", value[len - 1]);

    if (modelfile_text_good((struct text){value, len}, &code) < len)
        return code ? err_set(err, "%s has the character U+%04X, which a Modelfile cannot hold",
                              command, (unsigned)code)
                    : err_set(err, "%s is not valid UTF-8", command);
    if (strstr(value, "\"\"\"") || (len && (value[0] == '"' || value[len - 1] == '"')))
        return err_set(err,
                       "%s has quotes at an end, or three in a row, which a Modelfile cannot hold",
                       command);
    buffer_format(out, bare ? "%s %s\n" : "%s \"\"\"%s\"\"\"\n", command, value);
    return true;
}

static bool write_pairs(const struct modelfile_list *list, const char *command, struct buffer *out,
                        struct err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct modelfile_pair *pair = &list->items[i];
        char *word = pair->name ? mem_format("%s %s", command, pair->name) : mem_copy_text(command);
        const bool good = modelfile_text_write(out, word, pair->value, err);

        mem_free(word);
        if (!good) return false;
    }
    return true;
}

bool modelfile_write(const struct modelfile *file, struct buffer *out, struct err *err)
{
    const size_t before = out->len;

    if (modelfile_text_write(out, "FROM", file->from, err) &&
        (!file->template || modelfile_text_write(out, "TEMPLATE", file->template, err)) &&
        write_pairs(&file->parameters, "PARAMETER", out, err) &&
        (!file->system || modelfile_text_write(out, "SYSTEM", file->system, err)) &&
        write_pairs(&file->messages, "MESSAGE", out, err) &&
        write_pairs(&file->licenses, "LICENSE", out, err))
        return true;
    out->len = before;
    return false;
}

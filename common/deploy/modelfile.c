#include "deploy/modelfile.h"

#include "deploy/modelfile_text.h"
#include "deploy/parameter.h"

#include <string.h>
#include <strings.h>

struct reader {
    const char *at, *end;
    size_t line;
    const char *path;
    struct err *err;
};

static bool fail(struct reader *reader, const char *why, struct text what)
{
    return err_set(reader->err, "%s:%zu: %s '%.*s'", reader->path, reader->line, why,
                   (int)(what.len < 80 ? what.len : 80), what.at);
}

static char *copy(struct text text)
{
    return mem_format("%.*s", (int)text.len, text.at);
}

static void list_add(struct modelfile_list *list, char *name, char *value)
{
    list->items = mem_room(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = (struct modelfile_pair){name, value};
}

void modelfile_replace(char **text, const char *with)
{
    mem_free(*text);
    *text = with ? mem_copy_text(with) : NULL;
}

bool modelfile_has(const struct modelfile *file, const char *name)
{
    for (size_t i = 0; i < file->parameters.count; i++)
        if (strcmp(file->parameters.items[i].name, name) == 0) return true;
    return false;
}

bool modelfile_set(struct modelfile *file, const char *name, const char *value, struct err *err)
{
    if (!parameter_check(name, value, err)) return false;
    for (size_t i = 0; i < file->parameters.count && strcmp(name, "stop") != 0; i++) {
        struct modelfile_pair *pair = &file->parameters.items[i];

        if (strcmp(pair->name, name) != 0) continue;
        modelfile_replace(&pair->value, value);
        return true;
    }
    list_add(&file->parameters, mem_copy_text(name), mem_copy_text(value));
    return true;
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t", *reader->at)) reader->at++;
}

static bool at_line_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n';
}

static struct text take_word(struct reader *reader)
{
    const char *begin = reader->at;

    while (!at_line_end(reader) && !strchr(" \t", *reader->at)) reader->at++;
    return (struct text){begin, (size_t)(reader->at - begin)};
}

static struct text rest_of_line(struct reader *reader)
{
    const char *begin = reader->at;
    struct text text;

    while (!at_line_end(reader)) reader->at++;
    text = (struct text){begin, (size_t)(reader->at - begin)};
    while (text.len && strchr(" \t", text.at[text.len - 1])) text.len--;
    return text;
}

/* A value in quotes ends with the first line, from where it begins, that ends with them. */
static bool take_quoted(struct reader *reader, size_t quotes, struct text *value)
{
    const struct text opening = {reader->at, quotes};
    const size_t line = reader->line;

    for (;;) {
        const struct text row = rest_of_line(reader);
        const char *end = row.at + row.len;

        if ((size_t)(end - opening.at) >= 2 * quotes && row.len >= quotes &&
            memcmp(end - quotes, opening.at, quotes) == 0) {
            const char *begin = opening.at + quotes;

            *value = (struct text){begin, (size_t)(end - begin) - quotes};
            return true;
        }
        if (reader->at == reader->end) break;
        reader->at++;
        reader->line++;
    }
    reader->line = line;
    return fail(reader, "no end of the text that begins with", opening);
}

/* Ollama may end such a text at three quotes with a blank behind them. */
static bool take_value(struct reader *reader, struct text *value)
{
    const size_t quotes = reader->end - reader->at >= 3 && memcmp(reader->at, "\"\"\"", 3) == 0 ? 3
                          : reader->at < reader->end && *reader->at == '"'                      ? 1
                                                                                                : 0;

    if (!quotes) {
        *value = rest_of_line(reader);
        return value->len || fail(reader, "nothing stands where a value should be", TEXT(""));
    }
    if (!take_quoted(reader, quotes, value)) return false;
    if (quotes == 3 && memmem(value->at, value->len, "\"\"\"", 3))
        return fail(reader, "three quotes within", *value);
    return true;
}

static bool take_parameter(struct modelfile *file, struct reader *reader, struct text name,
                           struct text value)
{
    char *words[2] = {copy(name), copy(value)};
    const bool good = modelfile_set(file, words[0], words[1], reader->err) ||
                      err_prefix(reader->err, "%s:%zu", reader->path, reader->line);

    mem_free(words[0]);
    mem_free(words[1]);
    return good;
}

static bool take_message(struct modelfile *file, struct reader *reader, struct text role,
                         struct text content)
{
    if (!text_is(role, "system") && !text_is(role, "user") && !text_is(role, "assistant"))
        return fail(reader, "a message is of system, user or assistant, not of", role);
    list_add(&file->messages, copy(role), copy(content));
    return true;
}

static bool take_once(struct reader *reader, char **text, const char *command, struct text value)
{
    if (*text) return fail(reader, "there is another", text_of(command));
    *text = copy(value);
    return true;
}

static const char *const commands[] = {"FROM",    "TEMPLATE",  "SYSTEM",  "LICENSE",
                                       "MESSAGE", "PARAMETER", "ADAPTER", "RENDERER",
                                       "PARSER",  "REQUIRES",  "DRAFT"};
enum { FROM, TEMPLATE, SYSTEM, LICENSE, MESSAGE, PARAMETER, KNOWN };

static size_t command_of(struct text word)
{
    size_t at = 0;

    while (at < sizeof commands / sizeof *commands &&
           (strlen(commands[at]) != word.len || strncasecmp(commands[at], word.at, word.len) != 0))
        at++;
    return at;
}

static bool take_command(struct modelfile *file, struct reader *reader)
{
    const struct text word = take_word(reader);
    const size_t command = command_of(word);
    struct text name = TEXT(""), value;

    if (command == sizeof commands / sizeof *commands) return fail(reader, "not a command:", word);
    if (command == KNOWN)
        return fail(reader, "fold the adapter into the model (dpo-lora-merge): servers refuse",
                    text_of(commands[command]));
    if (command > KNOWN) return fail(reader, "there is no support for", word);
    skip_blanks(reader);
    if (command == MESSAGE || command == PARAMETER) {
        name = take_word(reader);
        skip_blanks(reader);
    }
    if (!take_value(reader, &value)) return false;
    switch (command) {
    case FROM: return take_once(reader, &file->from, commands[command], value);
    case TEMPLATE: return take_once(reader, &file->template, commands[command], value);
    case SYSTEM: return take_once(reader, &file->system, commands[command], value);
    case LICENSE: return list_add(&file->licenses, NULL, copy(value)), true;
    case MESSAGE: return take_message(file, reader, name, value);
    default: return take_parameter(file, reader, name, value);
    }
}

static bool check_characters(struct reader *reader)
{
    const struct text text = {reader->at, (size_t)(reader->end - reader->at)};
    uint32_t code;
    const size_t good = modelfile_text_good(text, &code);

    if (good == text.len) return true;
    for (size_t i = 0; i < good; i++) reader->line += text.at[i] == '\n';
    if (!code && (unsigned char)text.at[good] >= 0x80)
        return err_set(reader->err, "%s:%zu: not valid UTF-8", reader->path, reader->line);
    return err_set(reader->err, "%s:%zu: the character U+%04X, which Ollama drops", reader->path,
                   reader->line, (unsigned)code);
}

bool modelfile_parse(struct modelfile *file, struct text text, const char *path, struct err *err)
{
    struct reader reader = {text.at, text.at + text.len, 1, path, err};

    if (text.len > INT32_MAX) return err_set(err, "%s: too long for a Modelfile", path);
    if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) reader.at += 3;
    if (!check_characters(&reader)) return false;
    for (; reader.at < reader.end; reader.at++, reader.line++) {
        skip_blanks(&reader);
        if (at_line_end(&reader) || *reader.at == '#')
            rest_of_line(&reader);
        else if (!take_command(file, &reader))
            return false;
        if (reader.at == reader.end) break;
    }
    return file->from || err_set(err, "%s: there is no FROM", path);
}

static void list_release(struct modelfile_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        mem_free(list->items[i].name);
        mem_free(list->items[i].value);
    }
    mem_free(list->items);
}

void modelfile_release(struct modelfile *file)
{
    mem_free(file->from);
    mem_free(file->template);
    mem_free(file->system);
    list_release(&file->parameters);
    list_release(&file->messages);
    list_release(&file->licenses);
    *file = (struct modelfile){0};
}

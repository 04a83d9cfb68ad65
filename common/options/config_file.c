#include "options/config_file.h"

#include "core/lines.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FILE_LIMIT ((size_t)1 << 20)

bool config_file_begin(struct config_file *file, const char *path, struct buffer text,
                       struct err *err)
{
    *file = (struct config_file){.path = path, .text = text};
    if (text.len && memchr(text.at, '\0', text.len))
        return err_set(err, "%s: holds a NUL byte: not a text", path);
    buffer_byte(&file->text, '\0');
    file->next = file->text.at;
    if (strncmp(file->next, "\xef\xbb\xbf", 3) == 0) file->next += 3; /* a byte order mark */
    return true;
}

bool config_file_open(struct config_file *file, const char *path, struct err *err)
{
    struct buffer text = {0};

    *file = (struct config_file){.path = path};
    return read_whole_file(path, &text, FILE_LIMIT, err) &&
           config_file_begin(file, path, text, err);
}

static char *skip(const char *at)
{
    while (isspace((unsigned char)*at)) at++;
    return (char *)at;
}

static char *trimmed(char *text)
{
    char *end;

    text = skip(text);
    end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) *--end = '\0';
    return text;
}

/* The quote that closes the one at open, or NULL. */
static const char *quote_end(const char *open)
{
    const char *at = open + 1;

    for (; *at; at++) {
        if (*at == '\\' && *open == '"' && at[1])
            at++;
        else if (*at == *open && *open == '\'' && at[1] == '\'')
            at++;
        else if (*at == *open)
            return at;
    }
    return NULL;
}

/* What is between the quotes goes to to, which may be the place of the first one. */
static char *unquote(const char *open, const char *close, char *to)
{
    static const char letters[] = "ntr\\\"", meanings[] = "\n\t\r\\\"";
    const char quote = *open;

    for (const char *at = open + 1; at < close; at++) {
        const char *letter = quote == '"' && *at == '\\' ? strchr(letters, at[1]) : NULL;

        if (letter || (quote == '\'' && *at == '\'')) at++;
        *to++ = letter ? meanings[letter - letters] : *at;
    }
    *to++ = '\0';
    return to;
}

/* Is there nothing more on the line, but for a comment? */
static bool is_end(const char *at)
{
    at = skip(at);
    return !*at || *at == '#';
}

/* Behind a value of a list, or NULL where none begins. */
static const char *word_end(const char *at)
{
    size_t len = strcspn(at, " \t,[]{}'\"#");

    if (*at != '\'' && *at != '"') return len ? at + len : NULL;
    at = quote_end(at);
    return at ? at + 1 : NULL;
}

static bool is_list(const char *at)
{
    for (at = skip(at + 1); *at != ']'; at = skip(at)) {
        at = word_end(at);
        if (!at) return false;
        at = skip(at);
        if (*at == ',')
            at++;
        else if (*at != ']')
            return false;
    }
    return is_end(at + 1);
}

/* Each value moves to the front, where what was read leaves more than enough room. */
static void take_list(char *at, struct config_item *item)
{
    char *to = at;

    item->value = at;
    item->count = 0;
    for (at = skip(at + 1); *at != ']'; at = skip(at)) {
        const char *end = word_end(at);
        const size_t len = (size_t)(end - at);
        const char *behind = skip(end);
        const bool more = *behind == ',';

        if (*at == '\'' || *at == '"') {
            to = unquote(at, end - 1, to);
        } else {
            memmove(to, at, len);
            to += len;
            *to++ = '\0';
        }
        item->count++;
        at = (char *)behind + more;
    }
    if (item->count == 0) item->value = NULL;
}

char *config_item_join(struct config_item *item, char between)
{
    char *end = item->value;

    for (; item->count > 1; item->count--) {
        end += strlen(end);
        *end = between;
    }
    return item->value;
}

static bool is_default(const char *word)
{
    static const char *const words[] = {"None", "null", "Null", "NULL", "~"};
    size_t i = 0;

    while (i < sizeof words / sizeof *words && strcmp(words[i], word) != 0) i++;
    return i < sizeof words / sizeof *words;
}

/* A value of YAML that stands without quotes. */
static bool take_plain(struct config_file *file, struct config_item *item, struct err *err)
{
    char *at = item->value;

    for (char *comment = at; (comment = strchr(comment, '#')); comment++) {
        if (comment > at && !isspace((unsigned char)comment[-1])) continue;
        *comment = '\0';
        break;
    }
    item->value = trimmed(at);
    if (!*item->value)
        return err_set(err,
                       "%s:%zu: '%.80s' has no value here: names do not nest, and lists stand on "
                       "one line, as in 'name: [a, b]'",
                       file->path, file->line, item->name);
    if (strchr("{}[]|>&*!%@`", *item->value))
        return err_set(err, "%s:%zu: '%.80s' begins with '%c': a text like that needs quotes",
                       file->path, file->line, item->value, *item->value);
    return true;
}

static bool take_value(struct config_file *file, struct config_item *item, bool yaml,
                       struct err *err)
{
    char *at = item->value;
    const bool quoted = *at == '\'' || *at == '"';
    const char *close = quoted ? quote_end(at) : NULL;

    item->count = 1;
    if (quoted && !close)
        return err_set(err, "%s:%zu: the quote of '%.80s' is not closed on its line", file->path,
                       file->line, at);
    if (quoted && is_end(close + 1)) {
        unquote(at, close, at);
    } else if (*at == '[' && is_list(at)) {
        take_list(at, item);
    } else {
        if (yaml && !take_plain(file, item, err)) return false;
        if (is_default(item->value)) item->value = NULL;
    }
    return true;
}

static bool take_line(struct config_file *file, char *line, struct config_item *item,
                      struct err *err)
{
    char *sign = line + strcspn(line, "=:");
    const bool yaml = *sign == ':' && (!sign[1] || isspace((unsigned char)sign[1]));

    if (line[0] == '-' && (!line[1] || isspace((unsigned char)line[1])))
        return err_set(err, "%s:%zu: '%.80s': lists stand on one line, as in 'name: [a, b]'",
                       file->path, file->line, line);
    if (sign == line || (*sign != '=' && !yaml))
        return err_set(err, "%s:%zu: '%.80s' is not 'name = value'", file->path, file->line, line);
    *sign = '\0';
    item->name = trimmed(line);
    item->value = skip(sign + 1);
    return take_value(file, item, yaml, err);
}

int config_file_next(struct config_file *file, struct config_item *item, struct err *err)
{
    while (file->next) {
        char *line = file->next, *end = strchr(line, '\n');

        file->next = end ? end + 1 : NULL;
        file->line++;
        if (end) *end = '\0';
        line = trimmed(line);
        if (!*line || *line == '#' || strcmp(line, "---") == 0) continue;
        return take_line(file, line, item, err) ? 1 : -1;
    }
    return 0;
}

static char dashed(char letter)
{
    return (char)(letter == '_' ? '-' : letter);
}

bool config_name_is(const char *name, const char *other)
{
    for (; *name && dashed(*name) == dashed(*other); name++) other++;
    return *name == *other;
}

/* Where no case counts the pattern is in small letters. */
static bool same_letters(const char *text, const char *pattern, size_t len, bool any_case)
{
    for (size_t i = 0; i < len; i++) {
        const char letter = any_case ? (char)tolower((unsigned char)text[i]) : text[i];

        if (dashed(letter) != dashed(pattern[i])) return false;
    }
    return true;
}

static bool fits_one(const char *text, const char *pattern, size_t len, bool any_case)
{
    const char *star = memchr(pattern, '*', len);
    const size_t front = star ? (size_t)(star - pattern) : len, back = star ? len - front - 1 : 0;
    const size_t size = strlen(text);

    if (star ? size < front + back : size != len) return false;
    return same_letters(text, pattern, front, any_case) &&
           same_letters(text + size - back, pattern + len - back, back, any_case);
}

static bool fits(const char *text, const char *patterns, bool any_case)
{
    size_t len = strcspn(patterns, "|");

    for (; !fits_one(text, patterns, len, any_case); len = strcspn(patterns, "|")) {
        if (!patterns[len]) return false;
        patterns += len + 1;
    }
    return true;
}

static bool is_truth(const char *value, bool truth)
{
    static const char *const words[2][4] = {{"false", "no", "off", "0"},
                                            {"true", "yes", "on", "1"}};
    size_t i = 0;

    while (i < 4 && strcasecmp(value, words[truth][i]) != 0) i++;
    return i < 4;
}

static bool is_null(const char *pattern)
{
    return pattern && strcmp(pattern, "null") == 0;
}

static bool value_fits(const char *value, const char *pattern)
{
    if (!pattern || !value) return true;
    if (is_null(pattern)) return false; /* it was in quotes */
    if (strcmp(pattern, "true") == 0 || strcmp(pattern, "false") == 0)
        return is_truth(value, *pattern == 't');
    return fits(value, pattern, true);
}

const struct option_alias *config_file_alias(const struct option_alias *aliases, const char *name,
                                             const char *value)
{
    for (; aliases && aliases->name; aliases++)
        if (fits(name, aliases->name, false) && value_fits(value, aliases->value)) return aliases;
    return NULL;
}

const struct option_alias *config_file_null(const struct option_alias *aliases, const char *name)
{
    for (; aliases && aliases->name; aliases++)
        if (is_null(aliases->value) && fits(name, aliases->name, false)) return aliases;
    return NULL;
}

#include "review/verdicts.h"

#include "core/lines.h"
#include "records/value.h"
#include "review/csv.h"
#include "review/hex.h"

#include <string.h>
#include <strings.h>

#define SHOWN 60 /* bytes of a text in a message */

enum column { COLUMN_ID, COLUMN_CHOICE, COLUMN_NOTE, COLUMN_KEY };
#define COLUMNS 4
static const char *const column_names[COLUMNS] = {"id", "choice", "note", "key"};

/* A verdict as it stands in the file; what is absent is empty. */
struct entry {
    struct text columns[COLUMNS];
    uint64_t line;
};

static struct entry entry_on(uint64_t line)
{
    return (struct entry){{TEXT(""), TEXT(""), TEXT(""), TEXT("")}, line};
}

static int shown(struct text text)
{
    return text.len < SHOWN ? (int)text.len : SHOWN;
}

static struct text trim(struct text text)
{
    while (text.len && strchr(" \t\r\n", text.at[0]) && text.at[0]) text.at++, text.len--;
    while (text.len && strchr(" \t\r\n", text.at[text.len - 1]) && text.at[text.len - 1])
        text.len--;
    return text;
}

static bool is_word(struct text text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.at, word, text.len) == 0;
}

static bool seed_read(struct text digits, uint64_t *seed)
{
    *seed = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') return false;
        if (__builtin_mul_overflow(*seed, 10, seed) ||
            __builtin_add_overflow(*seed, (uint64_t)(digits.at[i] - '0'), seed))
            return false;
    }
    return digits.len > 0;
}

static bool choice_read(struct text text, enum choice *choice)
{
    static const struct {
        const char *word;
        enum choice choice;
    } words[] = {{"", CHOICE_OPEN},   {"1", CHOICE_FIRST}, {"2", CHOICE_SECOND},
                 {"tie", CHOICE_TIE}, {"t", CHOICE_TIE},   {"=", CHOICE_TIE}};

    text = csv_plain(trim(text));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_word(text, words[i].word)) return *choice = words[i].choice, true;
    return false;
}

/* 'SEED-FIRST-SECOND' */
static bool key_read(struct text text, uint64_t *seed, struct verdict *verdict)
{
    struct text part = text;

    if (text.len < 35) return false;
    part.len -= 34;
    if (!seed_read(part, seed) || part.at[part.len] != '-' || part.at[part.len + 17] != '-')
        return false;
    return hex_read((struct text){part.at + part.len + 1, 16}, &verdict->first) &&
           hex_read((struct text){part.at + part.len + 18, 16}, &verdict->second);
}

static bool take_key(struct verdicts *verdicts, struct text text, struct verdict *verdict,
                     struct err *err)
{
    uint64_t seed = 0;

    text = trim(text);
    if (text.len && !key_read(text, &seed, verdict))
        return err_set(err, "'%.*s' is no key of a sheet", shown(text), text.at);
    if (!verdicts->count) {
        verdicts->keyed = text.len > 0;
        verdicts->seed = seed;
    }
    if (verdicts->keyed != (text.len > 0))
        return err_set(err, verdicts->keyed ? "no key, which the lines before have"
                                            : "a key, which the lines before do not have");
    if (verdicts->seed != seed)
        return err_set(err, "of another sheet: its seed is %llu, that of the lines before %llu",
                       (unsigned long long)seed, (unsigned long long)verdicts->seed);
    return true;
}

static bool add(struct verdicts *verdicts, const struct entry *entry, struct err *err)
{
    struct verdict verdict = {.id = entry->columns[COLUMN_ID],
                              .note = trim(entry->columns[COLUMN_NOTE]),
                              .line = entry->line};
    const struct text choice = entry->columns[COLUMN_CHOICE];

    if (!trim(verdict.id).len) return err_set(err, "no 'id'");
    if (!choice_read(choice, &verdict.choice))
        return err_set(err, "the choice is '%.*s', not 1, 2 or tie", shown(choice), choice.at);
    if (!take_key(verdicts, entry->columns[COLUMN_KEY], &verdict, err)) return false;
    verdicts->items =
        mem_room(verdicts->items, verdicts->count, &verdicts->room, sizeof *verdicts->items);
    verdicts->items[verdicts->count++] = verdict;
    return true;
}

/* The meaning of a member: a string's, a number as written, nothing of null. */
static bool member_text(const struct member *member, struct buffer *words, struct text *text)
{
    const struct value *value = &member->value;

    if (value->kind == KIND_STRING)
        *text = value_text(value, words);
    else if (value->kind == KIND_NUMBER)
        *text = (struct text){value->at, value->len};
    else
        return value->kind == KIND_NULL;
    return true;
}

static bool take_object(struct verdicts *verdicts, struct scan *scan, struct text line,
                        uint64_t number, struct err *err)
{
    struct entry entry = entry_on(number);

    if (!scan_json(scan, line.at, line.len))
        return err_set(err, "not JSON at column %zu: %s", scan->column, scan->problem);
    if (scan->root.kind != KIND_OBJECT)
        return err_set(err, "not an object but %s", kind_name(scan->root.kind));
    for (int i = 0; i < COLUMNS; i++) {
        const struct member *member = scan_member(scan, column_names[i]);

        if (member && !member_text(member, &verdicts->words, &entry.columns[i]))
            return err_set(err, "'%s' is %s", column_names[i], kind_name(member->value.kind));
    }
    return add(verdicts, &entry, err);
}

static bool take_lines(struct verdicts *verdicts, struct text text, struct err *err)
{
    struct scan scan = {0};
    bool good = true;

    buffer_reserve(&verdicts->words, text.len); /* no text grows when it is unescaped */
    for (uint64_t number = 1; text.len && good; number++) {
        const char *end = memchr(text.at, '\n', text.len);
        const struct text line = {text.at, end ? (size_t)(end - text.at) : text.len};

        if (trim(line).len) {
            good = take_object(verdicts, &scan, line, number, err);
            if (!good) err_prefix(err, "%s:%llu", verdicts->path, (unsigned long long)number);
        }
        text.at += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);
    }
    scan_release(&scan);
    return good;
}

/* Which column of the row is which of ours: places[i] is its number, or CSV_CELLS. */
static bool header_read(const struct csv_row *row, size_t places[COLUMNS], struct err *err)
{
    for (int i = 0; i < COLUMNS; i++) {
        places[i] = CSV_CELLS;
        for (size_t cell = 0; cell < row->count; cell++) {
            if (!is_word(trim(row->cells[cell]), column_names[i])) continue;
            if (places[i] < CSV_CELLS) return err_set(err, "two columns '%s'", column_names[i]);
            places[i] = cell;
        }
    }
    return true;
}

/* The first row: the columns' names, or a verdict in a table that has none. */
static bool begin_table(const struct csv_row *row, size_t places[COLUMNS], bool *named,
                        struct err *err)
{
    enum choice choice;

    if (!header_read(row, places, err)) return false;
    *named = places[COLUMN_ID] < CSV_CELLS && places[COLUMN_CHOICE] < CSV_CELLS;
    if (*named) return true;
    if (row->count < 2 || row->count > 3 || !choice_read(row->cells[1], &choice))
        return err_set(err, "neither JSON nor a table with the columns id, choice and note");
    for (size_t i = 0; i < COLUMNS; i++) places[i] = i < 3 ? i : CSV_CELLS;
    return true;
}

static bool take_row(struct verdicts *verdicts, const struct csv_row *row,
                     const size_t places[COLUMNS], struct err *err)
{
    struct entry entry = entry_on(row->line);

    for (int i = 0; i < COLUMNS; i++)
        if (places[i] < row->count) entry.columns[i] = row->cells[places[i]];
    return add(verdicts, &entry, err);
}

static bool take_table(struct verdicts *verdicts, struct text text, struct err *err)
{
    struct csv csv;
    struct csv_row row;
    size_t places[COLUMNS];
    bool begun = false, named = false;
    int got;

    csv_begin(&csv, text, &verdicts->words);
    while ((got = csv_next(&csv, &row, err)) > 0) {
        bool good = begun || begin_table(&row, places, &named, err);

        if (good && (begun || !named)) good = take_row(verdicts, &row, places, err);
        if (!good) return err_prefix(err, "%s:%llu", verdicts->path, (unsigned long long)row.line);
        begun = true;
    }
    return got == 0 || err_prefix(err, "%s:%llu", verdicts->path, (unsigned long long)csv.line);
}

static bool is_text(struct text text, uint64_t *line)
{
    const char *at = text.at, *const end = text.at + text.len;

    *line = 1;
    while (at < end) {
        const size_t run = (unsigned char)*at < 0x80 ? *at != '\0' : utf8_run(at, end);

        if (!run) return false;
        *line += *at == '\n';
        at += run;
    }
    return true;
}

/* A choice at least, or there is nothing to count. */
static bool has_choice(const struct verdicts *verdicts, struct err *err)
{
    for (size_t i = 0; i < verdicts->count; i++)
        if (verdicts->items[i].choice != CHOICE_OPEN) return true;
    return err_set(err, "%s: no choice was made in it", verdicts->path);
}

bool verdicts_take(struct verdicts *verdicts, const char *path, struct err *err)
{
    struct text text = {verdicts->text.at, verdicts->text.len};
    const char *foreign;
    uint64_t line;

    verdicts->path = mem_copy_text(path_shown(path));
    if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) text.at += 3, text.len -= 3;
    foreign = text.len ? foreign_format(text.at, text.len) : NULL;
    if (text.len >= 2 && memcmp(text.at, "PK", 2) == 0)
        return err_set(err, "%s: is a workbook or an archive: save the table as CSV",
                       verdicts->path);
    if (foreign) return err_set(err, "%s: is %s", verdicts->path, foreign);
    if (!trim(text).len) return err_set(err, "%s: nothing in it", verdicts->path);
    if (!is_text(text, &line))
        return err_set(err, "%s:%llu: not UTF-8: save the table as UTF-8", verdicts->path,
                       (unsigned long long)line);
    if (trim(text).at[0] == '<')
        return err_set(err, "%s: is the sheet itself: open it in a browser, choose, and save",
                       verdicts->path);
    return (trim(text).at[0] == '{' ? take_lines(verdicts, text, err)
                                    : take_table(verdicts, text, err)) &&
           has_choice(verdicts, err);
}

bool verdicts_open(struct verdicts *verdicts, const char *path, struct err *err)
{
    *verdicts = (struct verdicts){0};
    if (read_whole_file(path, &verdicts->text, (size_t)64 << 20, err) &&
        verdicts_take(verdicts, path, err))
        return true;
    verdicts_close(verdicts);
    return false;
}

void verdicts_close(struct verdicts *verdicts)
{
    mem_free(verdicts->path);
    mem_free(verdicts->items);
    buffer_release(&verdicts->text);
    buffer_release(&verdicts->words);
    *verdicts = (struct verdicts){0};
}

#include "quiz/quiz.h"

#include "core/lines.h"
#include "quiz/question.h"
#include "records/value.h"

#include <string.h>
#include <unistd.h>

#define LABEL_LIMIT 1000 /* bytes of a heading's label: each line repeats it */

struct reading {
    const char *path;
    int fd; /* -1: closed */
    bool (*take)(void *context, struct text line, struct err *err);
    void *context;
    struct question_desk desk;
    struct scan document, quiz, questions; /* each within the one before */
    struct heading heading, bare;          /* of the quiz; of questions outside of one */
    struct buffer line;
    size_t count; /* questions of the file so far */
};

/* The first three make an id. */
static const char *const labels[HEADING_LABELS] = {"unit",  "chapter",  "topic",  "title",
                                                   "level", "category", "source", "dialect"};

static bool fail_json(const struct reading *reading, uint64_t line, const struct scan *scan,
                      struct err *err)
{
    return err_set(err, "%s:%llu: not JSON at column %zu: %s", path_shown(reading->path),
                   (unsigned long long)line, scan->column, scan->problem);
}

/* The file's name without folder and ending. */
static void place_by_name(struct buffer *place, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot;

    if (strcmp(path, "-") == 0) name = "quiz";
    dot = strrchr(name, '.');
    place->len = 0;
    buffer_add(place, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

static void add_place(struct buffer *place, const struct value *label)
{
    if (place->len) buffer_byte(place, '/');
    if (label->kind == KIND_STRING)
        value_unescape(label, place);
    else
        buffer_add(place, label->at, label->len);
}

/* Takes from reading->quiz what it says of all its questions. */
static bool read_heading(struct reading *reading, struct err *err)
{
    struct heading *heading = &reading->heading;
    const struct member *level;

    heading->place.len = 0;
    for (size_t i = 0; i < HEADING_LABELS; i++) {
        const struct member *label = scan_member(&reading->quiz, labels[i]);

        heading->labels[i] = NULL;
        if (!label || label->value.kind == KIND_NULL) continue;
        if (label->value.kind != KIND_STRING && label->value.kind != KIND_NUMBER)
            return err_set(err, "%s: '%s' is %s, not a string", path_shown(reading->path),
                           labels[i], kind_name(label->value.kind));
        if (label->value.len > LABEL_LIMIT)
            return err_set(err, "%s: '%s' is longer than %d bytes", path_shown(reading->path),
                           labels[i], LABEL_LIMIT);
        heading->labels[i] = label;
        if (i < 3) add_place(&heading->place, &label->value);
    }
    level = scan_member(&reading->quiz, "level");
    if (!heading->place.len && level) add_place(&heading->place, &level->value);
    if (!heading->place.len) place_by_name(&heading->place, reading->path);
    return true;
}

static bool read_question(struct reading *reading, const struct heading *heading,
                          const struct value *value, size_t number, struct err *err)
{
    reading->count++;
    reading->line.len = 0;
    if (!question_write(&reading->desk, heading, (struct text){value->at, value->len}, number,
                        &reading->line, err))
        return err_prefix(err, "%s: question %zu", path_shown(reading->path), reading->count);
    return reading->take(reading->context, (struct text){reading->line.at, reading->line.len}, err);
}

static bool read_quiz(struct reading *reading, const struct value *questions, struct err *err)
{
    if (questions->kind != KIND_ARRAY)
        return err_set(err, "%s: 'questions' is %s, not an array", path_shown(reading->path),
                       kind_name(questions->kind));
    if (!read_heading(reading, err)) return false;
    scan_json(&reading->questions, questions->at, questions->len);
    for (size_t i = 0; i < reading->questions.count; i++)
        if (!read_question(reading, &reading->heading, &reading->questions.members[i].value, i + 1,
                           err))
            return false;
    return true;
}

/* A quiz or a question. */
static bool read_item(struct reading *reading, const struct value *value, struct err *err)
{
    const struct member *questions = NULL;

    scan_json(&reading->quiz, value->at, value->len);
    if (reading->quiz.root.kind == KIND_OBJECT)
        questions = scan_member(&reading->quiz, "questions");
    if (questions) return read_quiz(reading, &questions->value, err);
    return read_question(reading, &reading->bare, value, reading->count + 1, err);
}

/* What stands in reading->document. */
static bool read_document(struct reading *reading, struct err *err)
{
    if (reading->document.root.kind != KIND_ARRAY)
        return read_item(reading, &reading->document.root, err);
    for (size_t i = 0; i < reading->document.count; i++)
        if (!read_item(reading, &reading->document.members[i].value, err)) return false;
    return true;
}

static bool read_line(struct reading *reading, const struct line *line, struct err *err)
{
    if (line->problem)
        return err_set(err, "%s:%llu: %s", path_shown(reading->path),
                       (unsigned long long)line->number, line->problem);
    if (!scan_json(&reading->document, line->at, line->len))
        return fail_json(reading, line->number, &reading->document, err);
    return read_item(reading, &reading->document.root, err);
}

static bool read_lines(struct reading *reading, struct buffer *head, struct err *err)
{
    char *paths[] = {mem_copy_text(reading->path), NULL};
    struct line_block block = {0};
    struct lines lines;
    int got;
    bool good = true;

    lines_open(&lines, paths);
    lines_begin(&lines, reading->fd, head);
    reading->fd = -1;
    while (good && (got = lines_next(&lines, &block, err)) != 0) {
        good = got > 0;
        for (size_t i = 0; good && i < block.count; i++)
            good = read_line(reading, &block.lines[i], err);
    }
    lines_close(&lines);
    line_block_release(&block);
    mem_free(paths[0]);
    return good;
}

/* The bytes of text up to a newline behind something that is no white space; 0 where there is
 * none. */
static size_t first_line(const struct buffer *text)
{
    size_t i = 0;

    while (i < text->len && memchr(" \t\r\n", text->at[i], 4)) i++;
    if (i == text->len) return 0;
    for (; i < text->len; i++)
        if (text->at[i] == '\n') return i;
    return 0;
}

/* Reads on until the first line is whole (*line bytes), or to the end (*line is 0). */
static bool read_head(const struct reading *reading, struct buffer *text, bool whole, size_t *line,
                      struct err *err)
{
    const char *path = path_shown(reading->path);
    ssize_t got = 1;

    *line = 0;
    while (got > 0 && (whole || !(*line = first_line(text)))) {
        if (text->len > QUIZ_LIMIT)
            return err_set(err, "%s: a document of more than %zu bytes", path, QUIZ_LIMIT);
        buffer_reserve(text, 65536);
        got = read_some(reading->fd, text->at + text->len, text->room - text->len);
        if (got < 0) return err_errno(err, "%s", path);
        text->len += (size_t)got;
    }
    return true;
}

static struct text without_mark(const struct buffer *text)
{
    const size_t mark = text->len >= 3 && memcmp(text->at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    return (struct text){text->at + mark, text->len - mark};
}

static bool is_blank(struct text text)
{
    size_t i = 0;

    while (i < text.len && memchr(" \t\r\n", text.at[i], 4)) i++;
    return i == text.len;
}

/* Where the problem lies, by line. */
static bool fail_document(const struct reading *reading, struct text text, struct err *err)
{
    uint64_t line = 1;
    struct scan place = reading->document;

    for (size_t i = 0; i + 1 < reading->document.column && i < text.len; i++) {
        if (text.at[i] != '\n') continue;
        line++;
        place.column = reading->document.column - i - 1;
    }
    return fail_json(reading, line, &place, err);
}

static bool read_file(struct reading *reading, struct buffer *text, struct err *err)
{
    const char *words;
    struct text body;
    size_t line;

    if (!read_head(reading, text, false, &line, err)) return false;
    words = foreign_format(text->at, text->len);
    if (words) return err_set(err, "%s: is %s", path_shown(reading->path), words);
    body = without_mark(text);
    if (line && scan_json(&reading->document, body.at, line - (text->len - body.len)) &&
        reading->document.root.kind == KIND_OBJECT)
        return read_lines(reading, text, err);
    if (!read_head(reading, text, true, &line, err)) return false;
    body = without_mark(text);
    if (is_blank(body)) return true;
    if (!scan_json(&reading->document, body.at, body.len)) return fail_document(reading, body, err);
    return read_document(reading, err);
}

static void release(struct reading *reading)
{
    question_desk_release(&reading->desk);
    scan_release(&reading->document);
    scan_release(&reading->quiz);
    scan_release(&reading->questions);
    buffer_release(&reading->heading.place);
    buffer_release(&reading->bare.place);
    buffer_release(&reading->line);
}

bool quiz_read(const char *path, bool (*take)(void *context, struct text line, struct err *err),
               void *context, struct err *err)
{
    struct reading reading = {.path = path, .take = take, .context = context};
    struct buffer text = {0};
    bool good;

    reading.fd = open_input(path, err);
    if (reading.fd < 0) return false;
    place_by_name(&reading.bare.place, path);
    good = read_file(&reading, &text, err);
    if (reading.fd >= 0) close(reading.fd);
    if (good && reading.count == 0) good = err_set(err, "%s: holds no questions", path_shown(path));
    buffer_release(&text);
    release(&reading);
    return good;
}

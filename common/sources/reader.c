#include "sources/reader.h"

#include "records/pairs.h"
#include "sources/aliases.h"

#include <string.h>
#include <unistd.h>

#define HEAD_LIMIT ((size_t)1 << 20)

static size_t blank_start(const struct buffer *head)
{
    size_t i = 0;

    while (i < head->len && strchr(" \t\r\n", head->at[i]) && head->at[i]) i++;
    return i;
}

/* Is it a document, whatever comes? An array is, and an object that begins with a list of pairs. */
static bool head_is_document(const struct buffer *head)
{
    size_t i = blank_start(head), begin;

    if (i < head->len && head->at[i] == '[') return true;
    if (i >= head->len || head->at[i++] != '{') return false;
    while (i < head->len && head->at[i] == ' ') i++;
    if (i >= head->len || head->at[i++] != '"') return false;
    begin = i;
    while (i < head->len && head->at[i] != '"') i++;
    return part_named((struct text){head->at + begin, i - begin}) >= 0;
}

static bool head_is_enough(const struct buffer *head, int fd)
{
    if (memchr(head->at, '\n', head->len)) return head->len >= 32 || input_pauses(fd);
    return head->len >= LINE_LIMIT || (head->len >= HEAD_LIMIT && head_is_document(head));
}

/* Reads until the first line is complete, or it is clear that lines mean nothing here. */
bool reader_head(const char *path, int fd, struct buffer *head, struct err *err)
{
    ssize_t got;

    do {
        size_t room = head->len < HEAD_LIMIT ? 65536 : head->len;

        buffer_reserve(head, room);
        got = read_some(fd, head->at + head->len, room);
        if (got < 0) return err_errno(err, "%s", path_shown(path));
        head->len += (size_t)got;
    } while (got > 0 && !head_is_enough(head, fd));
    return true;
}

/* A list of pairs, as far as can be seen from its beginning: it is empty, or an object comes
 * first. */
static bool may_be_pairs(const struct value *value)
{
    const char *p = value->at + 1, *end = value->at + value->len;

    if (value->kind != KIND_ARRAY) return false;
    while (p < end && strchr(" \t\r\n", *p)) p++;
    return *p == '{' || *p == ']';
}

/* Is the one line an object that holds lists of pairs, and is no pair itself? */
static bool is_split_file(const struct scan *scan)
{
    bool lists = false;

    for (size_t i = 0; i < scan->count && scan->root.kind == KIND_OBJECT; i++) {
        const struct member *member = &scan->members[i];
        enum field field = field_named(member);

        if (field == FIELD_UNKNOWN) field = alias_named(member);
        if (field <= FIELD_REJECTED) return false;
        lists |= may_be_pairs(&member->value) &&
                 part_named((struct text){member->key.at + 1, member->key.len - 2}) >= 0;
    }
    return lists;
}

/* One complete line that is an object without lists of pairs is JSON Lines; so is a broken one, for
 * there the fault can be named by its line. An object that only goes on is a document. */
static bool head_is_lines(const struct buffer *head)
{
    const char *end = memchr(head->at, '\n', head->len);
    struct scan scan = {0};
    bool whole = scan_json(&scan, head->at, end ? (size_t)(end - head->at) : head->len), lines;

    lines = whole ? !is_split_file(&scan)
                  : !scan.ended && (end || head->len < HEAD_LIMIT || !head_is_document(head));
    scan_release(&scan);
    return lines;
}

void reader_begin(struct reader *reader, char *path, int fd, struct buffer *head, enum part part)
{
    size_t begin = blank_start(head);
    struct buffer text = {head->at + begin, head->len - begin, 0};

    *reader = (struct reader){.paths = {path, NULL}};
    reader->is_document =
        text.len && (text.at[0] == '[' || (text.at[0] == '{' && !head_is_lines(&text)));
    if (reader->is_document) {
        document_open(&reader->document, path, fd, head, part);
        return;
    }
    lines_open(&reader->lines, reader->paths);
    lines_begin(&reader->lines, fd, head);
}

bool reader_open(struct reader *reader, char *path, struct err *err)
{
    struct buffer head = {0};
    int fd = open_input(path, err);
    bool good = fd >= 0 && reader_head(path, fd, &head, err);
    const char *words = good ? foreign_format(head.at, head.len) : NULL;

    if (words) good = err_set(err, "%s: is %s", path_shown(path), words);
    if (good && head.len >= 3 && memcmp(head.at, "\xef\xbb\xbf", 3) == 0) memset(head.at, ' ', 3);
    if (good)
        reader_begin(reader, path, fd, &head, PART_ALL);
    else if (fd >= 0)
        close(fd);
    buffer_release(&head);
    return good;
}

int reader_next(struct reader *reader, struct line_block *block, struct err *err)
{
    return reader->is_document ? document_next(&reader->document, block, err)
                               : lines_next(&reader->lines, block, err);
}

void reader_close(struct reader *reader)
{
    if (reader->is_document)
        document_close(&reader->document);
    else
        lines_close(&reader->lines);
}

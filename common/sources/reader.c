#include "sources/reader.h"

#include "records/scan.h"

#include <string.h>
#include <unistd.h>

#define HEAD_LIMIT ((size_t)1 << 20)

/* Reads until the first line is complete, or as much as a long one is worth. */
bool reader_head(const char *path, int fd, struct buffer *head, struct err *err)
{
    ssize_t got;

    do {
        buffer_reserve(head, 65536);
        got = read_some(fd, head->at + head->len, 65536);
        if (got < 0) return err_errno(err, "%s", path_shown(path));
        head->len += (size_t)got;
    } while (got > 0 && head->len < HEAD_LIMIT &&
             !(memchr(head->at, '\n', head->len) && (head->len >= 32 || input_pauses(fd))));
    return true;
}

/* One complete line that is an object without lists of records is JSON Lines; so is a broken one,
 * for there the fault can be named by its line, and a pair that happens to have such a list. An
 * object that only goes on is a document. */
static bool head_is_lines(const struct buffer *head)
{
    const char *end = memchr(head->at, '\n', head->len);
    struct scan scan = {0};
    size_t len = end ? (size_t)(end - head->at) : head->len;
    bool whole = scan_json(&scan, head->at, len);
    bool lines = whole || (!scan.ended && (end || head->len < HEAD_LIMIT));

    for (size_t i = 0; whole && i < scan.count; i++) {
        const struct member *member = &scan.members[i];
        struct text key = {member->key.at + 1, member->key.len - 2};

        if (member->value.kind == KIND_ARRAY && scan.root.kind == KIND_OBJECT &&
            part_named(key) >= 0 && !scan_member(&scan, "chosen"))
            lines = false;
    }
    scan_release(&scan);
    return lines;
}

static size_t blank_start(const struct buffer *head)
{
    size_t i = 0;

    while (i < head->len && strchr(" \t\r\n", head->at[i]) && head->at[i]) i++;
    return i;
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

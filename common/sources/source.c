#include "sources/source.h"

#include "records/scan.h"

#include <string.h>
#include <unistd.h>

#define HEAD_LIMIT ((size_t)1 << 20)

/* Reads until the first line is complete, or as much as a long one is worth. */
static bool read_head(const char *path, int fd, struct buffer *head, struct err *err)
{
    ssize_t got;

    do {
        buffer_reserve(head, 65536);
        got = read_some(fd, head->at + head->len, 65536);
        if (got < 0) return err_errno(err, "%s", path_shown(path));
        head->len += (size_t)got;
    } while (got > 0 && head->len < HEAD_LIMIT &&
             (head->len < 32 || !memchr(head->at, '\n', head->len)));
    return true;
}

/* One complete line that is an object without lists of records is JSON Lines; so is a broken one,
 * for there the fault can be named by its line. An object that only goes on is a document. */
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
            part_named(key) >= 0)
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

static bool open_database(struct source *s, const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return err_set(err, "standard input: a SQLite database must be named as a file");
    if (!debates_open(&s->debates, path, s->query, s->immutable, err)) return false;
    s->open = SOURCE_DEBATES;
    return true;
}

static void open_text(struct source *s, const char *path, int fd, struct buffer *head)
{
    size_t begin = blank_start(head);
    struct buffer text = {head->at + begin, head->len - begin, 0};

    if (text.len && (text.at[0] == '[' || (text.at[0] == '{' && !head_is_lines(&text)))) {
        document_open(&s->document, path, fd, head, s->part);
        s->open = SOURCE_DOCUMENT;
        return;
    }
    s->one_path[0] = s->paths[s->file];
    lines_open(&s->lines, s->one_path);
    lines_begin(&s->lines, fd, head);
    s->open = SOURCE_LINES;
}

static bool open_file(struct source *s, struct err *err)
{
    const char *path = s->paths[s->file], *words;
    struct buffer head = {0};
    int fd = open_input(path, err);
    bool done = fd >= 0 && read_head(path, fd, &head, err);

    if (done && head.len >= 3 && memcmp(head.at, "\xef\xbb\xbf", 3) == 0) {
        memset(head.at, ' ', 3);
        s->bom = true;
    }
    words = done ? foreign_format(head.at, head.len) : NULL;
    if (done && head.len >= 16 && memcmp(head.at, "SQLite format 3", 16) == 0) {
        close(fd);
        done = open_database(s, path, err);
    } else if (words) {
        done = err_set(err, "%s: is %s", path_shown(path), words);
        close(fd);
    } else if (done) {
        open_text(s, path, fd, &head);
    } else if (fd >= 0) {
        close(fd);
    }
    buffer_release(&head);
    return done;
}

static void close_file(struct source *s)
{
    if (s->open == SOURCE_LINES) lines_close(&s->lines);
    if (s->open == SOURCE_DOCUMENT) document_close(&s->document);
    if (s->open == SOURCE_DEBATES) debates_close(&s->debates);
    s->open = SOURCE_NONE;
}

static int read_file(struct source *s, struct line_block *block, struct err *err)
{
    switch (s->open) {
    case SOURCE_LINES: return lines_next(&s->lines, block, err);
    case SOURCE_DOCUMENT: return document_next(&s->document, block, err);
    case SOURCE_DEBATES: return debates_next(&s->debates, block, err);
    case SOURCE_NONE: break;
    }
    return 0;
}

int source_next(struct source *source, struct line_block *block, struct err *err)
{
    while (source->paths[source->file]) {
        int got;

        if (source->open == SOURCE_NONE && !open_file(source, err)) return -1;
        got = read_file(source, block, err);
        block->file = source->file;
        if (got) return got;
        close_file(source);
        source->file++;
    }
    return 0;
}

void source_close(struct source *source)
{
    close_file(source);
}

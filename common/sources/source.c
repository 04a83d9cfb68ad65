#include "sources/source.h"

#include <string.h>
#include <unistd.h>

static bool open_database(struct source *s, const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return err_set(err, "standard input: a SQLite database must be named as a file");
    if (!debates_open(&s->debates, path, s->query, s->immutable, err)) return false;
    s->open = SOURCE_DEBATES;
    s->databases++;
    return true;
}

static bool open_file(struct source *s, struct err *err)
{
    const char *path = s->paths[s->file], *words;
    struct buffer head = {0};
    int fd = open_input(path, err);
    bool done = fd >= 0 && reader_head(path, fd, &head, err);

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
        reader_begin(&s->reader, s->paths[s->file], fd, &head, s->part);
        s->open = SOURCE_TEXT;
    } else if (fd >= 0) {
        close(fd);
    }
    buffer_release(&head);
    return done;
}

static void close_file(struct source *s)
{
    if (s->open == SOURCE_TEXT) reader_close(&s->reader);
    if (s->open == SOURCE_DEBATES) debates_close(&s->debates);
    s->open = SOURCE_NONE;
}

static int read_file(struct source *s, struct line_block *block, struct err *err)
{
    switch (s->open) {
    case SOURCE_TEXT: return reader_next(&s->reader, block, err);
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

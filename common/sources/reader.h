/* JSON text with many records, of whatever form: JSON Lines, an array, a split file, objects over
 * several lines. Which it is shows in its first bytes. */
#ifndef SOURCES_READER_H
#define SOURCES_READER_H

#include "sources/document.h"

struct reader {
    bool is_document;
    char *paths[2]; /* the one file, for lines */
    struct lines lines;
    struct document document;
};

/* Reads until the first line is complete, or as much of it as is worth while. */
bool reader_head(const char *path, int fd, struct buffer *head, struct err *err);

/* Goes on with a file of which head was read already. path is borrowed, fd is closed at the end. */
void reader_begin(struct reader *reader, char *path, int fd, struct buffer *head, enum part part);

/* Opens a file by its name; what is no text is refused. */
bool reader_open(struct reader *reader, char *path, struct err *err);

/* Fills block with records: 1, or 0 at the end, or -1 with err. */
int reader_next(struct reader *reader, struct line_block *block, struct err *err);
void reader_close(struct reader *reader);

#endif

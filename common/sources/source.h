/* Any input that dpo-merge reads, as blocks of one-line JSON records. What a file is shows in its
 * content, never in its name: JSON Lines, one JSON array, a split file, objects over several lines,
 * a SQLite database of debates. */
#ifndef SOURCES_SOURCE_H
#define SOURCES_SOURCE_H

#include "sources/debates.h"
#include "sources/reader.h"

struct source {
    char **paths; /* NULL-terminated, borrowed */
    size_t file;
    enum part part;
    const char *query; /* NULL: the default schema */
    bool immutable;
    bool bom;         /* a byte order mark was dropped somewhere */
    size_t databases; /* opened so far */

    enum { SOURCE_NONE, SOURCE_TEXT, SOURCE_DEBATES } open;
    struct reader reader;
    struct debates debates;
};

/* Fills block with records of one file: 1, or 0 at the end of the last, or -1 with err. */
int source_next(struct source *source, struct line_block *block, struct err *err);
void source_close(struct source *source);

#endif

/* Text files as blocks of whole lines.
 *
 * A block is what one thread works on: some hundred lines of one file, each known by its number,
 * trimmed of the white space around it; blank lines are left out. A line may be 64 MiB long; a
 * longer one is passed over without being held and handed out with a problem in its place. */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>
#include <sys/types.h>

#define LINE_LIMIT ((size_t)64 << 20)

struct line {
    const char *at; /* in the block's text */
    size_t len;
    uint64_t number;     /* in its file, from 1 */
    const char *problem; /* why there is no text, or NULL */
    size_t begin;        /* see line_block_mark */
    bool unfinished;     /* the file ended without a newline */
};

struct line_block {
    struct buffer text;
    struct line *lines;
    size_t count, room;
    size_t file; /* which of the files, from 0 */
};

void line_block_add(struct line_block *block, struct line line);

/* A line of text that is still being added to block->text, which may move: it is known by where
 * it begins until line_block_settle turns such beginnings into pointers. */
void line_block_mark(struct line_block *block, size_t begin, uint64_t number, const char *problem);
extern const char line_problem_inside[]; /* as a problem: the words stand in the text, terminated */
void line_block_settle(struct line_block *block);
void line_block_release(struct line_block *block);

struct lines {
    char **paths; /* borrowed */
    size_t file;  /* the one being read */
    int fd;       /* -1: none is open */
    uint64_t number;
    struct buffer rest; /* the beginning of a line that the last block could not hold */
    bool fresh;         /* nothing of this file was read yet */
    bool skipping;      /* in a line that is too long */
    bool ended;         /* the open file has no more bytes */
    bool bom;           /* a byte order mark was dropped */
    bool verbatim; /* lines keep their white space, and blank ones count; set it after opening */
};

/* paths ends with NULL; none at all means standard input, as '-' does. Nothing is opened yet. */
void lines_open(struct lines *in, char **paths);

/* Goes on with a file that somebody else opened, and from which head was read already (NULL for
 * nothing): in->file must say which it is. fd is closed at its end. */
void lines_begin(struct lines *in, int fd, struct buffer *head);

/* Fills block with the next lines: 1, or 0 at the end of the last file, or -1 with err. */
int lines_next(struct lines *in, struct line_block *block, struct err *err);
void lines_close(struct lines *in);

/* The name to show for a path: '-' is standard input, and the empty one stands in quotes. */
const char *path_shown(const char *path);

/* Opens for reading; '-' is standard input. Refuses directories, and the file that standard output
 * goes to unless it is empty. Returns -1 with err. */
int open_input(const char *path, struct err *err);

/* read(2), begun again when a signal interrupts it; 0 at once when the production has failed. */
ssize_t read_some(int fd, char *at, size_t room);

/* Is there nothing to read just now? Whoever writes slowly is still heard line by line. */
bool input_pauses(int fd);

/* What a file that is no text begins with, said in words with a remedy; NULL for text. */
const char *foreign_format(const char *head, size_t len);

/* Reads all of a file of at most limit bytes into text. */
bool read_whole_file(const char *path, struct buffer *text, size_t limit, struct err *err);

#endif

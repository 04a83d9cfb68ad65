/* A SQLite database of debates, read as a file that nobody vouches for.
 *
 * Without a query the schema is debates(id, status, topic, ...) and training_pairs(debate_id,
 * prompt, chosen, rejected, consensus_strength, ...); only pairs of completed debates count, in
 * the order they were written. Column names become member names, NULLs are left out, and each
 * pair says where it is from: "source":"debate:ID". A query of the user's gives its columns the
 * same way. */
#ifndef SOURCES_DEBATES_H
#define SOURCES_DEBATES_H

#include "core/lines.h"

struct sqlite3;
struct sqlite3_stmt;

struct debates {
    const char *path; /* borrowed */
    struct sqlite3 *db;
    struct sqlite3_stmt *rows;
    uint64_t row;
    bool done;
    bool query_refused; /* whatever the database holds: it is no SELECT, or not one statement */
};

/* query NULL: the default schema. immutable: read a file that cannot change, without its locks. */
bool debates_open(struct debates *debates, const char *path, const char *query, bool immutable,
                  struct err *err);

/* Adds rows as JSON lines until the block is well filled: 1, or 0 at the end, or -1 with err. */
int debates_next(struct debates *debates, struct line_block *block, struct err *err);
void debates_close(struct debates *debates);

#endif

/* SQLite files, which anybody may have written: what a hostile one could do is switched off before
 * its first page is read. */
#ifndef RECORDS_DATABASE_H
#define RECORDS_DATABASE_H

#include "core/memory.h"

struct sqlite3;

/* Appends the name by which SQLite opens path for reading, terminated: '?', '#' and '%' in it mean
 * nothing. An immutable file is read as it is, whoever writes to it. */
void database_uri(struct buffer *uri, const char *path, _Bool immutable);

/* No extensions, views or triggers run, no function that has effects is called from the schema, and
 * texts, statements and programs have bounds. Who waits for a lock waits for so long. */
void database_restrict(struct sqlite3 *db, int busy_ms);

#endif

/* SQLite files, which anybody may have written: what a hostile one could do is switched off before
 * its first page is read. */
#ifndef RECORDS_DATABASE_H
#define RECORDS_DATABASE_H

struct sqlite3;

/* No extensions, views or triggers run, no function that has effects is called from the schema, and
 * texts, statements and programs have bounds. Who waits for a lock waits for so long. */
void database_restrict(struct sqlite3 *db, int busy_ms);

#endif

#include "records/database.h"

#include "core/lines.h"

#include <sqlite3.h>
#include <string.h>

void database_uri(struct buffer *uri, const char *path, _Bool immutable)
{
    buffer_text(uri, *path == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr("?#%", *path))
            buffer_format(uri, "%%%02x", (unsigned char)*path);
        else
            buffer_byte(uri, *path);
    }
    buffer_text(uri, immutable ? "?mode=ro&immutable=1" : "?mode=ro");
    buffer_byte(uri, '\0');
}

void database_restrict(struct sqlite3 *db, int busy_ms)
{
    static const struct {
        int name, value;
    } switches[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0}},
      limits[] = {{SQLITE_LIMIT_LENGTH, (int)LINE_LIMIT},
                  {SQLITE_LIMIT_SQL_LENGTH, 100000},
                  {SQLITE_LIMIT_ATTACHED, 0},
                  {SQLITE_LIMIT_VDBE_OP, 250000},
                  {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
                  {SQLITE_LIMIT_COLUMN, 1000}};

    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        sqlite3_db_config(db, switches[i].name, switches[i].value, NULL);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        sqlite3_limit(db, limits[i].name, limits[i].value);
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, busy_ms);
}

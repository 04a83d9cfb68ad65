/* The report as one HTML page, which needs nothing but itself. */
#ifndef REPORT_WEBPAGE_H
#define REPORT_WEBPAGE_H

#include "report/dossier.h"

#define WEBPAGE_BYTES ((size_t)1000000)

/* Texts and tables are cut further until it is no longer than WEBPAGE_BYTES, and it says so; tells
 * whether that was done. */
bool webpage_write(struct buffer *page, const struct dossier *dossier, const char *title);

#endif

/* The report as one HTML page, which needs nothing but itself. */
#ifndef REPORT_WEBPAGE_H
#define REPORT_WEBPAGE_H

#include "report/dossier.h"

void webpage_write(struct buffer *page, const struct dossier *dossier, const char *title);

#endif

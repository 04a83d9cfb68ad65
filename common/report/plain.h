/* The report as plain text, 80 columns wide, with curves of one line each: for mail, terminals. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include "report/dossier.h"

void plain_write(struct buffer *out, const struct dossier *dossier, const char *title);

#endif

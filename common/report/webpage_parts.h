/* The sections of the page, each in a file of its own; one with nothing to show is left out. */
#ifndef REPORT_WEBPAGE_PARTS_H
#define REPORT_WEBPAGE_PARTS_H

#include "report/webpage.h"

void webpage_changes(struct buffer *page, const struct dossier *dossier);
void webpage_runs(struct buffer *page, const struct dossier *dossier);
void webpage_trends(struct buffer *page, const struct dossier *dossier, size_t charts);
void webpage_samples(struct buffer *page, const struct dossier *dossier);
void webpage_facts(struct buffer *page, const struct dossier *dossier);

/* Charts of the runs; how many there were is the result. */
size_t webpage_curves(struct buffer *page, const struct dossier *dossier);

/* <section> with its title, and a table in a box that can be scrolled by keys, too. */
void webpage_section(struct buffer *page, const char *title);
void webpage_table(struct buffer *page, const char *label);
void webpage_table_end(struct buffer *page);
void webpage_head(struct buffer *page, const char *const *words, size_t count); /* '#x': a number */
void webpage_cell(struct buffer *page, bool share, double value);

#endif

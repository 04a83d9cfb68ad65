/* The sections of the page, each in a file of its own; one with nothing to show is left out. */
#ifndef REPORT_WEBPAGE_PARTS_H
#define REPORT_WEBPAGE_PARTS_H

#include "report/webpage.h"

/* What is longer is cut, with a note. */
struct webpage_limits {
    size_t text, prompt, fact, command; /* bytes */
    size_t rows, facts;                 /* of a table */
    size_t tables, charts;              /* of a kind; charts: of a history */
};

void webpage_changes(struct buffer *page, const struct dossier *dossier,
                     const struct webpage_limits *limits);
void webpage_runs(struct buffer *page, const struct dossier *dossier,
                  const struct webpage_limits *limits);
void webpage_trends(struct buffer *page, const struct dossier *dossier, size_t charts,
                    const struct webpage_limits *limits);
void webpage_samples(struct buffer *page, const struct dossier *dossier,
                     const struct webpage_limits *limits);
void webpage_facts(struct buffer *page, const struct dossier *dossier,
                   const struct webpage_limits *limits);

/* 'And 3 more runs of the history.', where there are more than most. */
void webpage_more(struct buffer *page, size_t count, size_t most, const char *what);

/* Charts of the runs; how many there were is the result. */
size_t webpage_curves(struct buffer *page, const struct dossier *dossier);

/* <section> with its title, and a table in a box that can be scrolled by keys, too. */
void webpage_section(struct buffer *page, const char *title);
void webpage_table(struct buffer *page, const char *label);
void webpage_table_end(struct buffer *page);
void webpage_head(struct buffer *page, const char *const *words, size_t count); /* '#x': a number */
void webpage_cell(struct buffer *page, bool share, double value);

#endif

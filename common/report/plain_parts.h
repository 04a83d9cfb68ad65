/* What the sections of the text are made of. Widths are in characters; a byte that would steer a
 * terminal never gets there. */
#ifndef REPORT_PLAIN_PARTS_H
#define REPORT_PLAIN_PARTS_H

#include "report/dossier.h"

#define PLAIN_WIDTH ((size_t)80)

/* On one line, cut after most characters (0: never); returns how many there are. What turns the
 * direction of text around is left out. */
size_t plain_words(struct buffer *out, struct text text, size_t most);
void plain_blanks(struct buffer *out, size_t count);
void plain_left(struct buffer *out, struct text text, size_t width);
void plain_right(struct buffer *out, const struct buffer *text, size_t width);
void plain_value(struct buffer *out, bool share, double value, size_t width);
void plain_title(struct buffer *out, const char *title);

/* Broken at blanks into lines of 80 columns; empty lines are left out. */
void plain_wrap(struct buffer *out, struct text text, const char *indent);

/* Likewise, cut with a note after limit bytes. */
void plain_cut(struct buffer *out, struct text text, size_t limit, const char *indent);

void plain_changes(struct buffer *out, const struct dossier *dossier);
void plain_runs(struct buffer *out, const struct dossier *dossier);
void plain_samples(struct buffer *out, const struct dossier *dossier);
void plain_commands(struct buffer *out, const struct dossier *dossier);
void plain_facts(struct buffer *out, const struct dossier *dossier);
void plain_groups(struct buffer *out, const struct change *change);
void plain_nights(struct buffer *out, const struct trend *trend);

#endif

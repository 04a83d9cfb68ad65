/* One line of a file of results: a record, or the metrics at its end. */
#ifndef RESULTS_LINE_H
#define RESULTS_LINE_H

#include "results/results.h"

struct results_reader {
    struct results *results;
    size_t room;             /* of items, and of each column */
    uint64_t number;         /* of the line, from 1 */
    bool ended;              /* the metrics were read */
    struct scan scan, inner; /* of the line, of a member */
    struct buffer scratch;
};

/* line is in results->text. The err says what is wrong, not where. */
bool results_line(struct results_reader *reader, struct text line, struct err *err);
void results_reader_release(struct results_reader *reader);

#endif

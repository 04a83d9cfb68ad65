/* All that a report is about: runs, results of tests, histories of runs. */
#ifndef REPORT_DOSSIER_H
#define REPORT_DOSSIER_H

#include "report/change.h"
#include "report/run_folder.h"
#include "report/trend.h"

struct dossier {
    struct run_folder *runs;
    size_t run_count, run_room;
    struct results *results; /* the first is what the others are compared with */
    size_t result_count, result_room;
    struct trend *trends;
    size_t trend_count, trend_room;
    struct change *changes; /* of each of the results but the first; of a single one alone */
    size_t change_count;
};

enum dossier_tone { TONE_EVEN, TONE_GOOD, TONE_BAD };

/* Reads what lies under a path: a folder is a run, an SQLite file a history, anything else results
 * of dpo-eval. */
bool dossier_add(struct dossier *dossier, const char *path, struct err *err);

/* Compares, when all is there. */
bool dossier_compare(struct dossier *dossier, struct err *err);

/* Did it help? One sentence, or a few. */
enum dossier_tone dossier_verdict(const struct dossier *dossier, struct buffer *words);

void dossier_close(struct dossier *dossier);

#endif

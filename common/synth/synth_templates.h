/* The requests that records are made of: one row a template, its slots as in synth_slots.h. */
#ifndef SYNTH_SYNTH_TEMPLATES_H
#define SYNTH_SYNTH_TEMPLATES_H

#include <stddef.h>

enum synth_tool { SYNTH_CALCULATOR, SYNTH_SEARCH, SYNTH_CALENDAR, SYNTH_TOOLS };

extern const char *const synth_tool_names[SYNTH_TOOLS];

/* What makes a hard request hard. */
enum synth_kind {
    SYNTH_PLAIN,
    SYNTH_STEPS, /* several actions; the first is asked for */
    SYNTH_ERROR, /* an earlier call failed */
    SYNTH_NEAR   /* its words point to another tool */
};

struct synth_template {
    const char *prompt;
    const char *subject; /* what to do, as it stands after 'to' and after 'I' */
    const char *args;    /* of the action */
    const char *guess;   /* what an answer without the tool claims; NULL: by the tool */
    enum synth_kind kind;
    const char *later;  /* not plain: what comes after, what failed, what misleads */
    unsigned char also; /* tools that the request needs besides: a bit each */
};

struct synth_rows {
    const struct synth_template *rows;
    size_t count;
};

/* Of one tool, by [held out][hard]. */
struct synth_book {
    struct synth_rows rows[2][2];
};

extern const struct synth_book synth_calculator, synth_search, synth_calendar;

#define SYNTH_BIT(tool) (1U << (tool))
#define SYNTH_ROWS(table)                                                                          \
    {                                                                                              \
        (table), sizeof(table) / sizeof *(table)                                                   \
    }

#endif

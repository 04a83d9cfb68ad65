/* Does a text sound like somebody? Counted by phrases from a file of markers,
 *
 *     group weight need pattern
 *     psychology 0.35 3 fear|afraid
 *
 * one a line, '#' beginning a comment. A pattern is a POSIX extended regular expression, matched
 * without regard to case. A group's score is min(1, distinct patterns found / need), the voice is
 * the sum of the groups' scores by weight, over the sum of the weights. A second file has, one a
 * line, patterns that must not be found. */
#ifndef JUDGE_VOICE_H
#define JUDGE_VOICE_H

#include "core/err.h"
#include "core/memory.h"

#include <regex.h>

#define VOICE_GROUPS 16
#define VOICE_TEXT ((size_t)64 << 10) /* bytes of a text that are looked at */

struct voice_group {
    char *name;
    double weight;
    size_t need;
};

struct voice_pattern {
    regex_t regex;
    char *text;
    size_t group; /* VOICE_GROUPS: it must not be found */
};

struct voice {
    struct voice_group groups[VOICE_GROUPS];
    size_t group_count;
    struct voice_pattern *patterns;
    size_t count, room;
};

struct voice_score {
    double total, groups[VOICE_GROUPS];
    const char *negative; /* the first forbidden pattern found, or NULL */
    bool cut;             /* the text is longer than VOICE_TEXT: its rest was not read */
};

/* Errors name file and line. Either path may be NULL. */
bool voice_open(struct voice *voice, const char *markers, const char *negatives, struct err *err);
void voice_judge(const struct voice *voice, struct text text, struct buffer *scratch,
                 struct voice_score *score);
void voice_close(struct voice *voice);

#endif

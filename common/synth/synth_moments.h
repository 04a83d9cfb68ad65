/* Dates, times and lengths, drawn at random: as people say them and as the calendar wants them. */
#ifndef SYNTH_SYNTH_MOMENTS_H
#define SYNTH_SYNTH_MOMENTS_H

#include "core/memory.h"
#include "hash/random.h"

#include <stdbool.h>

struct moment {
    char shown[40]; /* 'Saturday, 14 March 2026' */
    char plain[24]; /* '2026-03-14' */
};

/* Draws what a slot of that name stands for: date; time; weekday; length ('half an hour'); day
 * ('today', 'on Monday'); when (a day or 'on 3 May 2026'). False if the name is none of these. */
bool moment_draw(struct text name, struct random *random, struct moment *moment);

#endif

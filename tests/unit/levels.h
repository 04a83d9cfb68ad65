/* Runs checks as for a CPU that can do no more than this, or skips where it cannot do as much. */
#ifndef TESTS_UNIT_LEVELS_H
#define TESTS_UNIT_LEVELS_H

#include "check.h"
#include "lanes/cpu.h"

static void at_level(enum cpu_level level, void (*check)(void))
{
    if (level > cpu_detected()) {
        SKIP("this CPU lacks it");
        return;
    }
    cpu_limit(level);
    check();
    cpu_limit(CPU_LEVELS);
}

#endif

/* What CPUID and the system say of a CPU, and the level that follows from it. */
#ifndef LANES_CPU_FACTS_H
#define LANES_CPU_FACTS_H

#include "lanes/cpu.h"

struct cpu_facts {
    unsigned ecx1, ebx7, edx7; /* of CPUID's leaves 1 and 7 */
    unsigned eax71;            /* of leaf 7.1; 0 where there is none */
    unsigned saved;            /* XCR0: which registers the system saves */
    bool tiles_permitted;      /* and this process may use */
};

/* A hypervisor may hide any bit, so the level stands on all that it promises. */
enum cpu_level cpu_judge(const struct cpu_facts *facts);

#endif

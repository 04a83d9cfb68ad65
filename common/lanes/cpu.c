#include "lanes/cpu_facts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static enum cpu_level detected, allowed, forced = CPU_LEVELS;
static bool amd;

/* Bits of CPUID's leaves, and of XCR0. */
enum {
    FMA = 1 << 12,     /* 1.ecx */
    OSXSAVE = 1 << 27, /* 1.ecx */
    F16C = 1 << 29,    /* 1.ecx */
    AVX2 = 1 << 5,     /* 7.ebx */
    SAVED_AVX = 6,
    SAVED_AVX512 = 0xe6,
    SAVED_TILES = 3 << 17
};
/* F, DQ, BW, VL */
static const unsigned avx512 = 1U << 16 | 1U << 17 | 1U << 30 | 1U << 31; /* 7.ebx */
static const unsigned tiles = 1U << 22 | 1U << 24;                        /* 7.edx */
static const unsigned avx512_bf16 = 1U << 5;                              /* 7.1.eax */

static bool has(unsigned bits, unsigned wanted)
{
    return (bits & wanted) == wanted;
}

enum cpu_level cpu_judge(const struct cpu_facts *facts)
{
    if (!has(facts->ecx1, OSXSAVE | FMA | F16C) || !has(facts->ebx7, AVX2) ||
        !has(facts->saved, SAVED_AVX))
        return CPU_PLAIN;
    if (!has(facts->ebx7, avx512) || !has(facts->saved, SAVED_AVX512)) return CPU_AVX2;
    if (!has(facts->eax71, avx512_bf16)) return CPU_AVX512;
    return has(facts->edx7, tiles) && has(facts->saved, SAVED_TILES) && facts->tiles_permitted
               ? CPU_AMX
               : CPU_AVX512BF16;
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned saved_registers(void)
{
    unsigned low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* Linux lets a process use tiles only after it asked. */
static bool tiles_permitted(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };

    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

static enum cpu_level look(void)
{
    struct cpu_facts facts = {0};
    unsigned a, b, c, d, none;

    if (!__get_cpuid(0, &a, &b, &c, &d)) return CPU_PLAIN;
    amd = b == signature_AMD_ebx && c == signature_AMD_ecx;
    if (!__get_cpuid(1, &a, &b, &facts.ecx1, &d)) return CPU_PLAIN;
    if (has(facts.ecx1, OSXSAVE)) facts.saved = saved_registers();
    if (__get_cpuid_count(7, 0, &a, &facts.ebx7, &c, &facts.edx7) && a >= 1)
        __get_cpuid_count(7, 1, &facts.eax71, &b, &none, &d);
    if (has(facts.edx7, tiles)) facts.tiles_permitted = tiles_permitted();
    return cpu_judge(&facts);
}
#else
static enum cpu_level look(void)
{
    return CPU_PLAIN;
}
#endif

static const char *const names[CPU_LEVELS] = {"plain", "avx2", "avx512", "avx512bf16", "amx"};

static void find(void)
{
    const char *wish = getenv("DPO_CPU");

    detected = look();
    if (!wish || !cpu_named(wish, &allowed) || allowed > detected) allowed = detected;
}

static void find_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, find);
}

enum cpu_level cpu_detected(void)
{
    find_once();
    return detected;
}

enum cpu_level cpu_level(void)
{
    find_once();
    return forced == CPU_LEVELS ? allowed : forced;
}

void cpu_limit(enum cpu_level level)
{
    forced = level;
}

const char *cpu_level_name(enum cpu_level level)
{
    return names[level];
}

bool cpu_named(const char *name, enum cpu_level *level)
{
    for (enum cpu_level i = CPU_PLAIN; i < CPU_LEVELS; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        *level = i;
        return true;
    }
    return false;
}

bool cpu_is_amd(void)
{
    find_once();
    return amd;
}

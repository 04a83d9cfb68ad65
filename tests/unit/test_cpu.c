#include "check.h"
#include "lanes/cpu_facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

TEST(names)
{
    enum cpu_level level = CPU_LEVELS;

    for (enum cpu_level i = CPU_PLAIN; i < CPU_LEVELS; i++)
        CHECK(cpu_named(cpu_level_name(i), &level) && level == i);
    CHECK(!cpu_named("sse", &level) && !cpu_named("", &level) && !cpu_named("AVX2", &level));
    CHECK_TEXT(cpu_level_name(CPU_AVX512BF16), "avx512bf16");
}

/* What the compiler's own look says. */
TEST(detected)
{
    CHECK(cpu_detected() < CPU_LEVELS);
#if defined(__x86_64__)
    CHECK((cpu_detected() >= CPU_AVX2) ==
          (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")));
    CHECK((cpu_detected() >= CPU_AVX512) ==
          (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")));
    CHECK(cpu_is_amd() == !!__builtin_cpu_is("amd"));
#else
    CHECK(cpu_detected() == CPU_PLAIN);
#endif
}

/* A word of the first processor's flags, as the kernel shows them: what it cannot let a process use
 * it hides. */
static bool flag(const char *flags, const char *word)
{
    const size_t len = strlen(word);

    for (const char *at = flags; (at = strstr(at, word)) != NULL; at += len)
        if (at[-1] == ' ' && (at[len] == ' ' || at[len] == '\n')) return true;
    return false;
}

/* Tiles are there for a process that may have them: filters of system calls can forbid it. */
static bool may_have_tiles(void)
{
#if defined(__x86_64__)
    return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
    return false;
#endif
}

TEST(detected_what_the_kernel_shows)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[1 << 13] = "";
    bool pairs, tiles;

    while (file && strncmp(line, "flags", 5) != 0 && fgets(line, sizeof line, file)) {
    }
    if (file) fclose(file);
    if (strncmp(line, "flags", 5) != 0) {
        SKIP("no flags of a processor in /proc/cpuinfo");
        return;
    }
    pairs = flag(line, "avx512_bf16") && flag(line, "avx512f");
    tiles = flag(line, "amx_tile") && flag(line, "amx_bf16") && may_have_tiles();
    CHECK((cpu_detected() >= CPU_AVX512) == (flag(line, "avx512f") && flag(line, "avx512vl")));
    CHECK((cpu_detected() >= CPU_AVX512BF16) == pairs);
    CHECK((cpu_detected() == CPU_AMX) == (pairs && tiles));
}

TEST(a_level_stands_on_all_that_it_promises)
{
    const struct cpu_facts all = {.ecx1 = 1U << 12 | 1U << 27 | 1U << 29,
                                  .ebx7 = 1U << 5 | 1U << 16 | 1U << 17 | 1U << 30 | 1U << 31,
                                  .edx7 = 1U << 22 | 1U << 24,
                                  .eax71 = 1U << 5,
                                  .saved = 0x600e7,
                                  .tiles_permitted = true};
    struct cpu_facts less = all;

    CHECK_INT(cpu_judge(&all), CPU_AMX);
    less.tiles_permitted = false;
    CHECK_INT(cpu_judge(&less), CPU_AVX512BF16);
    less = all;
    less.saved = 0xe7;
    CHECK_INT(cpu_judge(&less), CPU_AVX512BF16);
    less = all;
    less.edx7 = 1U << 24;
    CHECK_INT(cpu_judge(&less), CPU_AVX512BF16);
    less = all;
    less.eax71 = 0;
    CHECK_INT(cpu_judge(&less), CPU_AVX512);
    less.ebx7 &= ~(1U << 31);
    CHECK_INT(cpu_judge(&less), CPU_AVX2);
    less = all;
    less.saved = 7;
    CHECK_INT(cpu_judge(&less), CPU_AVX2);
    less.saved = 3;
    CHECK_INT(cpu_judge(&less), CPU_PLAIN);
    less = all;
    less.ecx1 &= ~(1U << 29);
    CHECK_INT(cpu_judge(&less), CPU_PLAIN);
}

TEST(limit)
{
    const enum cpu_level before = cpu_level();

    CHECK(before <= cpu_detected());
    cpu_limit(CPU_PLAIN);
    CHECK(cpu_level() == CPU_PLAIN);
    cpu_limit(CPU_AMX);
    CHECK(cpu_level() == CPU_AMX);
    cpu_limit(CPU_LEVELS);
    CHECK(cpu_level() == before);
}

/* Each line of the environment needs a process of its own: the variable is read once. */
static void check_wish(const char *wish, enum cpu_level want)
{
    extern char *program_invocation_name;
    char command[512], line[64] = "";
    FILE *output;

    snprintf(command, sizeof command, "DPO_CPU='%s' '%s' level", wish, program_invocation_name);
    output = popen(command, "r");
    CHECK(output && fgets(line, sizeof line, output));
    if (output) pclose(output);
    CHECK_INT(atoi(line), want < cpu_detected() ? want : cpu_detected());
}

TEST(environment)
{
    check_wish("plain", CPU_PLAIN);
    check_wish("avx2", CPU_AVX2);
    check_wish("amx", CPU_AMX);
    check_wish("", CPU_LEVELS);
    check_wish("fast", CPU_LEVELS);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "level") == 0) {
        printf("%d\n", (int)cpu_level());
        return 0;
    }
    unsetenv("DPO_CPU");
    RUN(names);
    RUN(detected);
    RUN(detected_what_the_kernel_shows);
    RUN(a_level_stands_on_all_that_it_promises);
    RUN(limit);
    RUN(environment);
    return check_end();
}

#include "check.h"
#include "lanes/cpu.h"

#include <stdlib.h>

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
    RUN(limit);
    RUN(environment);
    return check_end();
}

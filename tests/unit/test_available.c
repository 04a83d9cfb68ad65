#include "machine/available.h"

#include "check.h"
#include "files.h"

#include <stdint.h>

/* Files are written under a folder that stands for the root; each test has its own. */
static const char *below(const char *root, const char *path, const char *text)
{
    char name[256];

    snprintf(name, sizeof name, "%s/%s", root, path);
    files_text(name, text);
    return files_path(root);
}

TEST(the_machine_says_what_it_can_give)
{
    const char *root =
        below("a", "proc/meminfo", "MemTotal: 900 kB\nMemFree: 1 kB\nMemAvailable:    500 kB\n");

    CHECK_INT(available_memory(root), 500 << 10);
}

TEST(nothing_known_is_no_bound)
{
    CHECK(available_memory(files_path("none")) == SIZE_MAX);
    CHECK(available_memory(below("b", "proc/meminfo", "MemTotal: 900 kB\n")) == SIZE_MAX);
}

TEST(a_group_leaves_its_limit_less_what_it_uses_but_for_the_cache)
{
    const char *root = below("c", "proc/meminfo", "MemAvailable: 900000 kB\n");

    below("c", "proc/self/cgroup", "0::/job/step\n");
    below("c", "sys/fs/cgroup/job/step/memory.max", "1000000\n");
    below("c", "sys/fs/cgroup/job/step/memory.current", "700000\n");
    below("c", "sys/fs/cgroup/job/step/memory.stat",
          "anon 5\ninactive_file 100000\nactive_file 200000\n");
    CHECK_INT(available_memory(root), 600000);
    below("c", "sys/fs/cgroup/job/step/memory.current", "2000000\n");
    CHECK_INT(available_memory(root), 0);
}

TEST(a_group_above_may_leave_less)
{
    const char *root = below("d", "proc/meminfo", "MemAvailable: 900000 kB\n");

    below("d", "proc/self/cgroup", "0::/job/step\n");
    below("d", "sys/fs/cgroup/job/step/memory.max", "max\n");
    below("d", "sys/fs/cgroup/job/step/memory.current", "10\n");
    below("d", "sys/fs/cgroup/job/memory.max", "5000\n");
    below("d", "sys/fs/cgroup/job/memory.current", "1000\n");
    CHECK_INT(available_memory(root), 4000);
}

TEST(in_a_container_the_group_stands_at_the_top)
{
    const char *root = below("e", "proc/meminfo", "MemAvailable: 900000 kB\n");

    below("e", "proc/self/cgroup", "0::/\n");
    below("e", "sys/fs/cgroup/memory.max", "7000\n");
    below("e", "sys/fs/cgroup/memory.current", "1000\n");
    CHECK_INT(available_memory(root), 6000);
}

TEST(the_older_generation)
{
    const char *root = below("f", "proc/meminfo", "MemAvailable: 900000 kB\n");

    below("f", "proc/self/cgroup", "9:cpu,cpuacct:/job\n4:hugetlb,memory:/docker/0123\n0::/\n");
    below("f", "sys/fs/cgroup/memory/memory.limit_in_bytes", "8000\n");
    below("f", "sys/fs/cgroup/memory/memory.usage_in_bytes", "3000\n");
    below("f", "sys/fs/cgroup/memory/memory.stat",
          "total_inactive_file 400\ntotal_active_file 600");
    CHECK_INT(available_memory(root), 6000);
}

TEST(this_machine_has_some)
{
    CHECK(available_memory("") > 1 << 20);
}

int main(void)
{
    RUN(the_machine_says_what_it_can_give);
    RUN(nothing_known_is_no_bound);
    RUN(a_group_leaves_its_limit_less_what_it_uses_but_for_the_cache);
    RUN(a_group_above_may_leave_less);
    RUN(in_a_container_the_group_stands_at_the_top);
    RUN(the_older_generation);
    RUN(this_machine_has_some);
    return check_end();
}

#include "core/report.h"
#include "dpo-train/train_options.h"
#include "train/run_dir.h"

#include <string.h>

void train_options_place(void)
{
    const struct train_command *given = &train_said.command;
    const struct {
        const char *option, *name;
    } others[] = {
        {"-m", given->model}, {"--reference", given->reference}, {"--adapter", given->adapter}};

    for (size_t i = 0; given->run && i < sizeof others / sizeof *others; i++)
        if (others[i].name && strcmp(others[i].name, "adapter-off") != 0 &&
            run_dir_is_of(given->run, others[i].name))
            die_usage("-o '%s' is the folder of %s: a run needs one of its own", given->run,
                      others[i].option);
}

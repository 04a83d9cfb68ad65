#include "core/memory.h"
#include "core/report.h"
#include "dpo-train/train_options.h"

#include <string.h>

static struct train_said *const said = &train_said;

static void take_targets(struct adapter_options *lora)
{
    char *list = mem_copy_text(said->command.targets), *rest = list, *name;

    if (strcmp(said->command.targets, "all-linear") == 0) {
        lora->targets.pattern = list;
        return;
    }
    while ((name = strsep(&rest, ",")))
        if (*name) name_list_add(&lora->targets.names, name);
    mem_free(list);
    if (lora->targets.names.count == 0) die_usage("--lora-targets names nothing");
}

void train_options_adapter(void)
{
    static const char *const fresh[] = {"lora-rank", "lora-alpha", "lora-targets", "rslora"};
    const char *const why =
        said->command.full ? "--full trains all weights" : "--adapter brings its own";

    for (size_t i = 0; i < sizeof fresh / sizeof *fresh; i++)
        if ((said->command.full || said->command.adapter) && option_given(fresh[i]))
            die_usage("--%s is for a new adapter: %s", fresh[i], why);
    if (said->command.full && said->command.adapter)
        die_usage("--full and --adapter cannot both be given");
    if (said->command.full && said->dropout > 0)
        die_usage("--lora-dropout is of an adapter, and --full has none");
    if (said->command.full && said->bits)
        die_usage("--full trains weights as they are: --base-bits must be 16");
    if (said->rank == 0) die_usage("--lora-rank must be above 0");
    if (!(said->alpha > 0)) die_usage("--lora-alpha must be above 0");
    if (!(said->dropout >= 0 && said->dropout < 1))
        die_usage("--lora-dropout must be at least 0 and below 1");
    adapter_options_init(&said->command.lora);
    said->command.lora.rank = said->rank;
    said->command.lora.alpha = said->alpha;
    said->command.lora.rslora = said->rslora;
    said->command.lora.dropout = said->dropout;
    said->settings.dropout = (float)said->dropout;
    said->command.lora.base_model = mem_copy_text(said->command.model);
    take_targets(&said->command.lora);
}

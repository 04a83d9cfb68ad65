/* How long a checkpoint takes to write: the adapter of rank 16 on all linears of a model of that
 * shape, with what the optimiser remembers of it.
 *
 *     checkpoint CONFIG.json FOLDER [--repeats 5]
 *
 * One line of JSON. Each is on the disk when its time ends. */
#include "train/checkpoint.h"
#include "adapter/adapter.h"
#include "core/lines.h"
#include "core/report.h"
#include "machine.h"
#include "model/config_json.h"
#include "options/options.h"

#include <stdio.h>

static size_t repeats = 5;

static const struct option_spec options[] = {
    {0, "repeats", OPTION_SIZE, &repeats, "N", "checkpoints, each in the place of the last"},
    OPTION_END};

static const struct program program = {
    "checkpoint", "measure how long a checkpoint takes", "CONFIG.json FOLDER", options, NULL, NULL};

static void make_adapter(struct adapter *adapter, const char *path)
{
    struct config config = {.family = FAMILY_LLAMA};
    struct adapter_options wanted;
    struct buffer text = {0};
    struct err err;

    adapter_options_init(&wanted);
    wanted.rank = 16;
    wanted.alpha = 32;
    wanted.targets.pattern = mem_copy_text("all-linear");
    if (!read_whole_file(path, &text, (size_t)1 << 20, &err) ||
        !config_from_json(&config, (struct text){text.at, text.len}, path, &err) ||
        !adapter_init(adapter, &config, &wanted, 42, &err))
        die_of(&err);
    adapter_options_release(&wanted);
    buffer_release(&text);
}

static bool write_adapter(const void *context, const char *folder, struct err *err)
{
    return adapter_save(context, folder, err);
}

int main(int argc, char **argv)
{
    char **names = program_start(&program, argc, argv);
    struct adapter adapter;
    struct checkpoint checkpoint;
    json_t *resume = json_object();
    struct err err;
    size_t size;

    if (!names[0] || !names[1] || names[2]) die_usage("a CONFIG.json and a FOLDER are wanted");
    make_adapter(&adapter, names[0]);
    size = adapter.parameters.size;
    checkpoint = (struct checkpoint){.run = names[1],
                                     .weights = "adapter_model.safetensors",
                                     .parameters = &adapter.parameters,
                                     .m = mem_zero(size, sizeof(float)),
                                     .v = mem_zero(size, sizeof(float)),
                                     .write = write_adapter,
                                     .context = &adapter};
    printf("{\"parameters\": %zu, \"checkpoint s\": [", size);
    for (size_t i = 0; i < repeats; i++) {
        const double begin = seconds_now();

        if (!checkpoint_write(&checkpoint, 1, resume, &err)) die_of(&err);
        printf("%s%.3f", i > 0 ? ", " : "", seconds_now() - begin);
    }
    printf("]}\n");
    json_decref(resume);
    return EXIT_DONE;
}

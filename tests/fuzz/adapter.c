/* adapter_config.json: what is taken is within all limits and means the same when it is written and
 * read again; what is refused has a line. */
#include "adapter/adapter_config.h"
#include "adapter/targets.h"
#include "fuzz/fuzz.h"

#include <string.h>

static const struct config model = {.family = FAMILY_LLAMA,
                                    .layers = 2,
                                    .hidden = 8,
                                    .feed = 16,
                                    .heads = 2,
                                    .kv_heads = 1,
                                    .head_dim = 4,
                                    .vocabulary = 10};

static void check_targets(const struct adapter_options *options)
{
    struct target targets[2 * WEIGHT_LINEARS];
    struct err err = {""};
    size_t found = 0;

    if (!targets_find(targets, options, &model, &err)) {
        demand(err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < 2 * WEIGHT_LINEARS; i++) {
        demand(targets[i].rank <= 65536);
        if (targets[i].rank > 0) found++;
    }
    demand(found > 0 && options->saved.count == 0);
}

/* Modules that are trained whole are not written. */
static void check_again(struct adapter_options *options)
{
    struct adapter_options again;
    struct buffer first = {0}, second = {0};
    struct err err;

    adapter_config_write(options, &first);
    demand(adapter_config_read(&again, (struct text){first.at, first.len}, "f", &err));
    adapter_config_write(&again, &second);
    demand(first.len == second.len && memcmp(first.at, second.at, first.len) == 0);
    adapter_options_release(&again);
    buffer_release(&first);
    buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adapter_options options;
    struct err err = {""};

    if (!adapter_config_read(&options, (struct text){(const char *)data, size}, "f", &err)) {
        demand(err.text[0] != '\0');
        return 0;
    }
    demand(options.dropout >= 0 && options.dropout < 1);
    check_targets(&options);
    check_again(&options);
    adapter_options_release(&options);
    return 0;
}

/* For adapter.py: 'make CONFIG OPTIONS SEED OUT' saves a new adapter, of which OPTIONS, an
 * adapter_config.json, says what it is; 'copy CONFIG FOLDER OUT' saves one that was loaded. */
#include "adapter/adapter.h"

#include "adapter/adapter_config.h"
#include "core/lines.h"
#include "model/config_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct err err;

static void demand(bool holds)
{
    if (holds) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static struct buffer read_text(const char *path)
{
    struct buffer text = {0};

    demand(read_whole_file(path, &text, (size_t)1 << 20, &err));
    return text;
}

int main(int argc, char **argv)
{
    const bool making = argc == 6 && strcmp(argv[1], "make") == 0;
    struct config config = {.family = FAMILY_LLAMA};
    struct adapter_options options;
    struct adapter adapter;
    struct buffer text;

    if (!making && (argc != 5 || strcmp(argv[1], "copy") != 0)) return 2;
    text = read_text(argv[2]);
    demand(config_from_json(&config, (struct text){text.at, text.len}, argv[2], &err));
    buffer_release(&text);
    if (making) {
        text = read_text(argv[3]);
        demand(adapter_config_read(&options, (struct text){text.at, text.len}, argv[3], &err));
        demand(adapter_init(&adapter, &config, &options, strtoull(argv[4], NULL, 10), &err));
        adapter_options_release(&options);
        buffer_release(&text);
    } else {
        demand(adapter_load(&adapter, &config, argv[3], &err));
    }
    demand(adapter_save(&adapter, argv[argc - 1], &err));
    adapter_release(&adapter);
    return 0;
}

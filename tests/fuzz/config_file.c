/* Files of --config: whatever they hold, each line is a name and whole values, or an error with
 * its number. */
#include "options/config_file.h"
#include "fuzz/fuzz.h"

#include <string.h>

/* Texts end in the file, the list's behind one another. */
static void check_item(const struct config_file *file, struct config_item *item)
{
    const char *end = file->text.at + file->text.len, *at = item->value;

    demand(item->name > file->text.at - 1 && *item->name);
    if (!at) return;
    demand(item->count > 0 && at > item->name);
    for (size_t i = 0; i < item->count; i++) {
        demand(at < end);
        at += strlen(at) + 1;
    }
    demand(at <= end);
    demand(strlen(config_item_join(item, ',')) == (size_t)(at - item->value) - 1);
    demand(item->count == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_file file;
    struct config_item item;
    struct buffer text = {0};
    struct err err = {""};
    int got;

    if (size) buffer_add(&text, data, size);
    if (config_file_begin(&file, "fuzz", text, &err)) {
        while ((got = config_file_next(&file, &item, &err)) > 0) check_item(&file, &item);
        demand(got == 0 || strncmp(err.text, "fuzz:", 5) == 0);
    }
    buffer_release(&file.text);
    return 0;
}

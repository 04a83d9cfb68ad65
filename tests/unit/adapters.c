#include "unit/adapters.h"

#include "model/config_json.h"
#include "unit/files.h"

#include <stdio.h>
#include <stdlib.h>

static const char *golden(const char *folder, const char *name)
{
    static char path[1024];
    const char *root = getenv("SRC");

    snprintf(path, sizeof path, "%s/tests/golden/%s/%s", root ? root : ".", folder, name);
    return path;
}

const char *adapters_golden(const char *name)
{
    return golden("adapters", name);
}

struct config adapters_model(const char *name)
{
    char file[100];
    const char *path;
    char *text;
    struct config config = {.family = FAMILY_LLAMA};
    struct err err;

    snprintf(file, sizeof file, "%s.json", name);
    path = golden("models/configs", file);
    text = files_read(path, NULL);
    if (!text || !config_from_json(&config, text_of(text), path, &err)) {
        printf("Bail out! %s\n", path);
        exit(1);
    }
    mem_free(text);
    return config;
}

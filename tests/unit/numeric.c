#include "numeric.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const numeric_models[] = {"llama",   "qwen2",       "qwen2-bf16", "qwen3",
                                      "mistral", "mistral-sw8", "smollm",     NULL};

const char *numeric_path(const char *format, ...)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    const char *root = getenv("SRC");
    int len = snprintf(path, sizeof *paths, "%s/tests/golden/numeric/", root ? root : ".");
    va_list args;

    va_start(args, format);
    vsnprintf(path + len, sizeof *paths - (size_t)len, format, args);
    va_end(args);
    return path;
}

static bool failed(const struct err *err)
{
    printf("# %s\n", err->text);
    return false;
}

bool numeric_open(struct numeric *numeric, const char *model, enum precision precision,
                  size_t threads, bool adapted)
{
    struct err err;

    *numeric = (struct numeric){.adapted = adapted};
    if (!model_open(&numeric->model, numeric_path("models/%s", model), &err)) return failed(&err);
    numeric->team = team_start(threads);
    if (!base_open(&numeric->base, &numeric->model, 16, NULL, numeric->team, &err))
        return failed(&err);
    decoder_open(&numeric->decoder, &numeric->base, precision, numeric->team);
    decoder_reach(&numeric->decoder, 256);
    if (!adapted) return true;
    if (!adapter_load(&numeric->adapter, &numeric->model.config, numeric_path("adapters/%s", model),
                      &err)) {
        numeric->adapted = false;
        numeric_close(numeric);
        return failed(&err);
    }
    adapter_train(&numeric->adapter);
    decoder_adapt(&numeric->decoder, &numeric->adapter);
    return true;
}

void numeric_close(struct numeric *numeric)
{
    decoder_close(&numeric->decoder);
    if (numeric->adapted) adapter_release(&numeric->adapter);
    base_close(&numeric->base);
    team_stop(numeric->team);
    model_close(&numeric->model);
}

static void *numbers(const struct safetensors *file, const char *name, enum dtype dtype,
                     size_t *count)
{
    const struct tensor *tensor = safetensors_find(file, text_of(name));
    void *copy;

    if (!tensor || tensor->dtype != dtype) {
        printf("# no tensor '%s' of that type\n", name);
        *count = 0;
        return NULL;
    }
    *count = (size_t)tensor->bytes / 4;
    copy = mem_alloc((size_t)tensor->bytes);
    return memcpy(copy, tensor->at, (size_t)tensor->bytes);
}

float *numeric_floats(const struct safetensors *file, const char *name, size_t *count)
{
    return numbers(file, name, DTYPE_F32, count);
}

uint32_t *numeric_ids(const struct safetensors *file, const char *name, size_t *count)
{
    return numbers(file, name, DTYPE_I32, count);
}

double numeric_distance(const float *a, const float *b, size_t count)
{
    double most = 0, scale = 0;

    for (size_t i = 0; i < count; i++) {
        const double off = fabs((double)a[i] - (double)b[i]);

        if (!(off <= most)) most = off;
        if (fabs((double)b[i]) > scale) scale = fabs((double)b[i]);
    }
    return most / scale;
}

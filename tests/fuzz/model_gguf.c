/* A model in a GGUF file: what is taken has all of its weights, each within the file. */
#include "fuzz/fuzz.h"
#include "model/config_gguf.h"
#include "model/config_rope.h"
#include "model/weights.h"

#include <math.h>
#include <string.h>

static void check_weight(const struct weight *weight, const struct mapped *file)
{
    const uint64_t rows = weight->tensor->shape[0], bytes = weight->tensor->bytes / rows;

    for (uint64_t row = 0; row < rows && row < 64; row++) {
        const unsigned char *at = weight_row(weight, row);

        demand(at >= file->at && at + bytes <= file->at + file->len);
    }
    demand(weight_row(weight, rows - 1) >= file->at);
}

static void check_weights(const struct weights *weights, const struct config *config,
                          const struct mapped *file)
{
    for (int i = 0; i < WEIGHT_ROLES; i++) {
        const enum weight_role role = (enum weight_role)i;
        const size_t layers = weight_per_layer(role) ? config->layers : 1;

        for (size_t layer = 0; layer < layers; layer++) {
            const struct weight *weight = weights_at(weights, role, layer);

            demand(!weight->tensor == !(weight_present(role, config) || role == WEIGHT_HEAD));
            if (weight->tensor) check_weight(weight, file);
        }
    }
}

static void check_angles(const struct config *config)
{
    static float out[2048];
    float amplitude;

    config_frequencies(config, out, &amplitude);
    demand(isfinite(amplitude));
    for (uint32_t j = 0; j < config->head_dim / 2; j++) demand(isfinite(out[j]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "fuzz.gguf";
    const struct mapped file = {size ? data : NULL, size, name};
    struct config config;
    struct weights weights;
    struct gguf gguf;
    struct err err = {""};

    if (!gguf_parse(&gguf, &file, &err)) return 0;
    if (config_from_gguf(&config, &gguf, &err)) {
        check_angles(&config);
        if (weights_from_gguf(&weights, &config, &gguf, name, &err)) {
            check_weights(&weights, &config, &file);
            weights_release(&weights);
        }
    }
    demand(!*err.text || strncmp(err.text, "fuzz.gguf: ", 11) == 0);
    gguf_release(&gguf);
    return 0;
}

/* config.json: what is taken is within all limits, whatever it says, and gives finite angles; what
 * is refused has a line. */
#include "fuzz/fuzz.h"
#include "model/config_json.h"
#include "model/config_rope.h"
#include "model/weight_table.h"

#include <math.h>
#include <string.h>

static void check_angles(const struct config *config)
{
    static float out[2048];
    float amplitude;

    config_frequencies(config, out, &amplitude);
    demand(isfinite(amplitude) && amplitude > 0);
    for (uint32_t j = 0; j < config->head_dim / 2; j++)
        demand(isfinite(out[j]) && out[j] >= 0 && out[j] <= 1);
}

static void check_sizes(const struct config *config)
{
    demand(config->layers >= 1 && config->layers <= CONFIG_LAYERS);
    demand(config->hidden >= 1 && config->hidden <= 1 << 20);
    demand(config->feed >= 1 && config->feed <= 1 << 22);
    demand(config->kv_heads >= 1 && config->heads % config->kv_heads == 0);
    demand(config->head_dim >= 2 && config->head_dim <= 4096 && config->head_dim % 2 == 0);
    demand((uint64_t)config->heads * config->head_dim <= 1 << 20);
    demand(config->vocabulary >= 1 && config->vocabulary <= 1 << 24);
    demand(config->positions >= 1 && config->eps > 0);
    demand(config->eos_count <= CONFIG_EOS && memchr(config->dtype, 0, sizeof config->dtype));
    for (size_t i = 0; i < config->eos_count; i++) demand(config->eos[i] < config->vocabulary);
    for (size_t i = 0; i < config->layers; i++)
        demand(config_window(config, i) <= INT32_MAX &&
               (!config->slides[i] || config_window(config, i) > 0));
}

static void check_shapes(const struct config *config)
{
    for (int role = 0; role < WEIGHT_ROLES; role++) {
        uint64_t shape[2];
        const unsigned rank = weight_shape((enum weight_role)role, config, shape);

        demand(shape[0] >= 1 && (rank == 1 || shape[1] >= 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text json = {(const char *)data, size};
    struct config config;
    struct err err = {""};

    if (!config_from_json(&config, json, "fuzz.json", &err)) {
        demand(strncmp(err.text, "fuzz.json:", 10) == 0);
        return 0;
    }
    check_sizes(&config);
    check_angles(&config);
    check_shapes(&config);
    if (config_add_generation(&config, json, "fuzz.json", &err))
        check_sizes(&config);
    else
        demand(strncmp(err.text, "fuzz.json:", 10) == 0);
    return 0;
}

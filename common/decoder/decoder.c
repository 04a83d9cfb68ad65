#include "decoder/decoder.h"

#include "base/base.h"
#include "core/memory.h"
#include "model/config_rope.h"

static size_t vector_length(const struct config *config, enum weight_role role)
{
    uint64_t shape[2];

    return weight_shape(role, config, shape) == 1 ? (size_t)shape[0] : 0;
}

static float *load_vector(const struct matrix *matrix, float *out)
{
    for (uint64_t i = 0; i < matrix->rows; i++) matrix_to_f32(matrix, i, 0, 1, out + i);
    return out;
}

static size_t vectors_length(const struct config *config)
{
    size_t length = 0;

    for (enum weight_role role = 0; role < WEIGHT_ROLES; role++)
        if (weight_present(role, config))
            length += vector_length(config, role) * (weight_per_layer(role) ? config->layers : 1);
    return length;
}

static float *load_layer(struct decoder *decoder, const struct base *base, size_t l, float *vectors)
{
    const struct config *config = decoder->config;
    struct decoder_layer *layer = &decoder->layers[l];

    for (enum weight_role role = 0; role < WEIGHT_ROLES; role++) {
        const struct matrix *matrix = base_matrix(base, role, l);
        const size_t length = vector_length(config, role);

        if (!matrix || (l > 0 && !weight_per_layer(role))) continue;
        if (length == 0) {
            layer->matrix[role] = *matrix;
            continue;
        }
        layer->vector[role] = load_vector(matrix, vectors);
        vectors += length;
    }
    layer->attention = (struct attention){.H = config->heads,
                                          .K = config->kv_heads,
                                          .D = config->head_dim,
                                          .window = config_window(config, l)};
    return vectors;
}

void decoder_open(struct decoder *decoder, const struct base *base, enum precision precision,
                  struct team *team)
{
    const struct config *config = &base->model->config;
    float *vectors = mem_zero(vectors_length(config), sizeof *vectors);

    *decoder = (struct decoder){.config = config, .vectors = vectors, .lowest = config->layers};
    decoder->layers = mem_zero(config->layers, sizeof *decoder->layers);
    gemm_init(&decoder->gemm, precision, team);
    for (size_t l = 0; l < config->layers; l++) vectors = load_layer(decoder, base, l, vectors);
}

void decoder_close(struct decoder *decoder)
{
    rope_table_release(&decoder->rope);
    mem_free(decoder->vectors);
    mem_free(decoder->layers);
    *decoder = (struct decoder){0};
}

void decoder_adapt(struct decoder *decoder, const struct adapter *adapter)
{
    decoder->adapter = adapter;
    decoder->lowest = adapter ? adapter_lowest(adapter) : decoder->config->layers;
}

void decoder_reach(struct decoder *decoder, size_t positions)
{
    const struct config *config = decoder->config;
    const size_t half = config->head_dim / 2;
    float frequencies[CONFIG_HEAD / 2], amplitude;
    double wide[CONFIG_HEAD / 2];

    if (positions <= decoder->rope.positions) return;
    if (positions < 2 * decoder->rope.positions) positions = 2 * decoder->rope.positions;
    config_frequencies(config, frequencies, &amplitude);
    for (size_t j = 0; j < half; j++) wide[j] = frequencies[j];
    rope_table_release(&decoder->rope);
    rope_table_init(&decoder->rope, config->head_dim, positions, wide, amplitude);
}

const struct lora *decoder_lora(const struct decoder *decoder, size_t layer, enum weight_role role)
{
    const struct lora *lora = decoder->adapter ? adapter_lora(decoder->adapter, layer, role) : NULL;

    return lora && lora->rank > 0 ? lora : NULL;
}

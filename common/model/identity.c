#include "model/identity.h"

#include "core/mapped.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 32, SAMPLE = 4096 };

static void add_samples(struct sha256 *sha, const struct tensor *tensor)
{
    const uint64_t last = tensor->bytes - SAMPLE;

    if (tensor->bytes <= SAMPLES * SAMPLE) {
        sha256_add(sha, tensor->at, tensor->bytes);
        return;
    }
    for (uint64_t i = 0; i < SAMPLES; i++)
        sha256_add(sha, tensor->at + last / (SAMPLES - 1) * i, SAMPLE);
}

void identity_add(struct sha256 *sha, enum weight_role role, size_t layer,
                  const struct weight *weight)
{
    const struct tensor *tensor = weight->tensor;
    char name[WEIGHT_NAME], line[WEIGHT_NAME + 128];

    weight_name(role, WEIGHT_HF, layer, name);
    snprintf(line, sizeof line, "%s %s %" PRIu64 " %" PRIu64 " %" PRIu32 "\n", name,
             dtype_info(tensor->dtype)->name, tensor->shape[0], tensor->shape[1],
             weight->heads_permuted);
    sha256_add(sha, line, strlen(line));
    add_samples(sha, tensor);
    mapped_drop(tensor->at, tensor->bytes);
}

void model_identity(const struct weights *weights, char identity[MODEL_IDENTITY])
{
    struct sha256 sha;

    sha256_init(&sha);
    for (size_t i = 0; i < weights->layers * WEIGHT_ROLES; i++)
        if (weights->items[i].tensor)
            identity_add(&sha, (enum weight_role)(i % WEIGHT_ROLES), i / WEIGHT_ROLES,
                         &weights->items[i]);
    sha256_hex(&sha, identity);
}

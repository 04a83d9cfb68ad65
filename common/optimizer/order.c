#include "optimizer/order.h"

#include "hash/random.h"

void order_epoch(uint64_t seed, uint64_t epoch, size_t count, size_t *out)
{
    struct random random;

    random_init(&random, (uint32_t)(seed + epoch));
    for (size_t i = 0; i < count; i++) out[i] = i;
    for (size_t i = 0; i + 1 < count; i++) {
        const size_t j = i + random_u32(&random) % (count - i), keep = out[i];

        out[i] = out[j];
        out[j] = keep;
    }
}

#include "optimizer/gradient_sum.h"

#include "core/memory.h"
#include "optimizer/gradients.h"

#include <assert.h>

/* Of one shard less than most, as many sums may wait as that number can have ones. */
static size_t arrays(size_t most)
{
    size_t count = 0;

    for (; most > 1; most /= 2) count++;
    return count;
}

size_t gradient_sum_bytes(const struct parameters *parameters, size_t most)
{
    return mem_product(arrays(most), mem_product(parameters->size, sizeof(float)));
}

void gradient_sum_init(struct gradient_sum *sum, const struct parameters *parameters, size_t most)
{
    *sum = (struct gradient_sum){.parameters = parameters, .most = most};
}

void gradient_sum_release(struct gradient_sum *sum)
{
    for (size_t i = 0; i < arrays(sum->most); i++) mem_free(sum->sums[i]);
    *sum = (struct gradient_sum){0};
}

void gradient_sum_begin(struct team *team, struct gradient_sum *sum, size_t shards)
{
    assert(shards > 0 && shards <= sum->most);
    sum->shards = shards;
    sum->taken = sum->depth = 0;
    gradients_clear(team, sum->parameters->gradients, sum->parameters->size);
}

void gradient_sum_take(struct team *team, struct gradient_sum *sum)
{
    const size_t size = sum->parameters->size;
    float *gradients = sum->parameters->gradients;
    size_t weight = 1;
    bool last;

    assert(sum->taken < sum->shards);
    last = ++sum->taken == sum->shards;
    while (sum->depth > 0 && (last || sum->weights[sum->depth - 1] == weight)) {
        sum->depth--;
        gradients_add(team, sum->sums[sum->depth], gradients, size);
        weight += sum->weights[sum->depth];
    }
    if (last) return;
    if (!sum->sums[sum->depth])
        sum->sums[sum->depth] = mem_aligned(mem_product(size, sizeof *gradients));
    gradients_copy(team, gradients, sum->sums[sum->depth], size);
    sum->weights[sum->depth++] = weight;
    gradients_clear(team, gradients, size);
}

#include "generate/ends.h"

void ends_init(struct ends *ends, const struct config *config, uint32_t eos)
{
    *ends = (struct ends){0};
    for (size_t i = 0; i < config->eos_count; i++) ends->ids[ends->count++] = config->eos[i];
    if (eos != CONFIG_NO_ID && !ends_has(ends, eos)) ends->ids[ends->count++] = eos;
}

bool ends_has(const struct ends *ends, uint32_t id)
{
    for (size_t i = 0; i < ends->count; i++)
        if (ends->ids[i] == id) return true;
    return false;
}

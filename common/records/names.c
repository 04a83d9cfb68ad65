#include "records/names.h"

#include "records/value.h"

#include <assert.h>

static const struct text *name_of(const struct names *names, size_t row)
{
    return (const void *)((const char *)names->rows + row * names->row_size);
}

void names_prepare(struct names *names)
{
    assert(names->count <= NAMES_MOST);
    for (size_t i = 0; i < names->count; i++) {
        names->hashes[i] = scan_hash(*name_of(names, i));
        names->maybe[names->hashes[i] & 255] = true;
    }
}

size_t names_find(const struct names *names, const struct member *member)
{
    if (!names->maybe[member->hash & 255]) return names->count;
    for (size_t i = 0; i < names->count; i++)
        if (member->hash == names->hashes[i] && value_is(&member->key, *name_of(names, i)))
            return i;
    return names->count;
}

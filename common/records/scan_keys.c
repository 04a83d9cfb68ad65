#include "records/scan_keys.h"

#include "records/value.h"

#include <stdlib.h>
#include <string.h>

#define FEW_KEYS 12   /* up to here comparing each with each is fastest */
#define MANY_KEYS 100 /* from here on prepared collisions would cost too much */

static int by_hash(const void *a, const void *b)
{
    const struct scan_key *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Equal hashes decide nothing: the keys do. */
static bool same_key(struct scan *scan, const struct scan_key *a, const struct scan_key *b)
{
    struct buffer *scratch = &scan->scratch;
    size_t first;

    scratch->len = 0;
    value_unescape(&a->key, scratch);
    first = scratch->len;
    value_unescape(&b->key, scratch);
    return scratch->len == 2 * first && memcmp(scratch->at, scratch->at + first, first) == 0;
}

/* Nobody can know which keys collide under a secret. */
static void hash_again(struct scan *scan, struct scan_key *keys, size_t count)
{
    if (!scan->secret.k0 && !scan->secret.k1) scan->secret = hash_key_random();
    for (size_t i = 0; i < count; i++) {
        struct text plain;

        scan->scratch.len = 0;
        plain = value_text(&keys[i].key, &scan->scratch);
        keys[i].hash = hash_bytes(scan->secret, plain.at, plain.len).low;
    }
}

bool scan_keys_differ(struct scan *scan, size_t count)
{
    struct scan_key *keys = scan->keys + scan->key_count - count;
    bool few = count <= FEW_KEYS;

    if (count > MANY_KEYS) hash_again(scan, keys, count);
    if (!few) qsort(keys, count, sizeof *keys, by_hash);
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j-- > 0 && (few || keys[j].hash == keys[i].hash);)
            if (keys[i].hash == keys[j].hash && same_key(scan, &keys[i], &keys[j])) return false;
    return true;
}

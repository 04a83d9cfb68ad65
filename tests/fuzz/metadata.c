/* dpo_metadata.json of a base: whatever it holds, the chain that is made of it is JSON again. */
#include "run/metadata.h"
#include "fuzz/fuzz.h"
#include "records/scan.h"

#include <string.h>

static void check_chain(const struct metadata_origin *origin)
{
    struct scan scan = {0};
    struct buffer text = {0};

    buffer_byte(&text, '[');
    buffer_add(&text, origin->folds.at, origin->folds.len);
    buffer_byte(&text, ']');
    demand(scan_json(&scan, text.at, text.len) && scan.count > 0);
    for (size_t i = 0; i < scan.count; i++) demand(scan.members[i].value.kind == KIND_OBJECT);
    scan_release(&scan);
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct metadata_origin origin;
    struct err err = {""};

    if (metadata_parse(&origin, "fuzz", (struct text){data ? (const char *)data : "", size}, &err))
        check_chain(&origin);
    else
        demand(strncmp(err.text, "fuzz:", 5) == 0);
    metadata_release(&origin);
    return 0;
}

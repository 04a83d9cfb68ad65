/* Any bytes as a GGUF file with a tokenizer in it. What is taken must encode and decode without
 * harm. */
#include "tokens/tokenizer_gguf.h"
#include "fuzz/fuzz.h"
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include <string.h>

static void try_out(const struct tokenizer *tokenizer)
{
    static const struct text sample =
        TEXT("abc ab, it's 12 <s> caf\xc3\xa9 \xe2\x96\x81 \xe4\xbd\xa0  \n x");
    struct encoder encoder;
    struct ids ids = {0};
    struct buffer out = {0};
    struct err err;

    encoder_init(&encoder, tokenizer);
    demand(tokenizer_encode(&encoder, sample, true, &ids, &err));
    for (size_t i = 0; i < ids.count; i++) demand(ids.at[i] < tokenizer_size(tokenizer));
    tokenizer_decode(tokenizer, ids.at, ids.count, true, &out);
    encoder_release(&encoder);
    ids_release(&ids);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mapped file = {size ? data : NULL, size, "fuzz"};
    struct tokenizer *tokenizer = NULL;
    struct gguf gguf;
    struct err err = {""};

    if (!gguf_parse(&gguf, &file, &err)) return 0;
    if (tokenizer_from_gguf(&tokenizer, &gguf, &err))
        try_out(tokenizer);
    else
        demand(!tokenizer && strncmp(err.text, "fuzz: ", 6) == 0);
    tokenizer_close(tokenizer);
    gguf_release(&gguf);
    return 0;
}

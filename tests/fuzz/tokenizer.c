/* Any bytes as a tokenizer.json. What is taken must encode and decode without harm. */
#include "fuzz/fuzz.h"
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include <string.h>

static const char sample[] =
    "Hello, it's 12 <s> caf\xc3\xa9 e\xcc\x81 \xe2\x96\x81 \xe4\xbd\xa0  \n x";

static void try_out(const struct tokenizer *tokenizer)
{
    struct encoder encoder;
    struct ids ids = {0};
    struct buffer out = {0};
    struct err err;

    encoder_init(&encoder, tokenizer);
    demand(tokenizer_encode(&encoder, text_of(sample), true, &ids, &err));
    for (size_t i = 0; i < ids.count; i++) demand(ids.at[i] < tokenizer_size(tokenizer));
    tokenizer_decode(tokenizer, ids.at, ids.count, false, &out);
    for (token_id id = 0; id < tokenizer_size(tokenizer) && id < 1000; id++) {
        token_id same;

        out.len = 0;
        if (!tokenizer_token(tokenizer, id, &out)) continue;
        demand(tokenizer_id(tokenizer, (struct text){out.at, out.len}, &same));
    }
    encoder_release(&encoder);
    ids_release(&ids);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct text config =
        TEXT("{\"bos_token\":\"<s>\",\"eos_token\":{\"content\":\"a\"}}");
    struct text json = {data ? (const char *)data : "", size};
    struct tokenizer *tokenizer = NULL;
    struct err err = {""};

    if (tokenizer_load_bytes(&tokenizer, json, "fuzz", &err)) {
        try_out(tokenizer);
        (void)tokenizer_configure(tokenizer, config, "config", &err);
    } else {
        demand(!tokenizer && strncmp(err.text, "fuzz: ", 6) == 0);
    }
    tokenizer_close(tokenizer);
    if (size < 2000) { /* the same bytes as a configuration */
        static const struct text small = TEXT("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]}}");

        demand(tokenizer_load_bytes(&tokenizer, small, "small", &err));
        (void)tokenizer_configure(tokenizer, json, "config", &err);
        tokenizer_close(tokenizer);
    }
    return 0;
}

/* Strings in, ids and texts out, for tests/peers/tokens.py:
 *
 *     tokens TOKENIZER.json < strings > answers
 *
 * Each string is its length, a little-endian number of four bytes, and its bytes. Each answer is
 * the ids with special tokens, the ids without, and the texts that the second decode to with and
 * without special tokens; lists and texts, too, begin with their length. */
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include <stdio.h>

static void put(const void *at, uint32_t count, size_t size)
{
    fwrite(&count, sizeof count, 1, stdout);
    if (count) fwrite(at, size, count, stdout);
}

static bool answer(struct encoder *encoder, struct text text, struct err *err)
{
    struct ids ids = {0};
    struct buffer out = {0};

    if (!tokenizer_encode(encoder, text, true, &ids, err)) return false;
    put(ids.at, (uint32_t)ids.count, sizeof *ids.at);
    ids.count = 0;
    if (!tokenizer_encode(encoder, text, false, &ids, err)) return false;
    put(ids.at, (uint32_t)ids.count, sizeof *ids.at);
    for (int skip = 0; skip < 2; skip++) {
        out.len = 0;
        tokenizer_decode(encoder->tokenizer, ids.at, ids.count, skip, &out);
        put(out.at, (uint32_t)out.len, 1);
    }
    ids_release(&ids);
    buffer_release(&out);
    return true;
}

int main(int argc, char **argv)
{
    struct tokenizer *tokenizer;
    struct encoder encoder;
    struct err err;
    struct buffer text = {0};
    uint32_t len;

    if (argc != 2 || !tokenizer_load(&tokenizer, argv[1], &err)) {
        fprintf(stderr, "tokens: %s\n", argc == 2 ? err.text : "which tokenizer.json?");
        return 1;
    }
    encoder_init(&encoder, tokenizer);
    while (fread(&len, sizeof len, 1, stdin) == 1) {
        text.len = 0;
        buffer_reserve(&text, len);
        text.len = fread(text.at, 1, len, stdin);
        if (!answer(&encoder, (struct text){text.at, text.len}, &err)) {
            fprintf(stderr, "tokens: %s\n", err.text);
            return 1;
        }
    }
    encoder_release(&encoder);
    tokenizer_close(tokenizer);
    buffer_release(&text);
    return 0;
}

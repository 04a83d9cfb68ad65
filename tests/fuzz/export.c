/* Keys of a GGUF file from files of strangers: a tokenizer.json, a config.json, a
 * tokenizer_config.json and a generation_config.json, with a zero byte between them. What is
 * written must be what gguf/gguf reads. */
#include "export/keys.h"
#include "fuzz/fuzz.h"
#include "gguf/gguf.h"
#include "model/config_json.h"

#include <string.h>

enum { ROWS = 1 << 12 }; /* more would be slow, nothing else */

static struct text take(struct text *rest)
{
    const char *end = rest->len ? memchr(rest->at, '\0', rest->len) : NULL;
    const struct text part = {rest->at, end ? (size_t)(end - rest->at) : rest->len};

    *rest = end ? (struct text){end + 1, rest->len - part.len - 1} : (struct text){"", 0};
    return part;
}

static void read_again(const struct gguf_writer *writer)
{
    struct buffer keys = {0};
    struct gguf gguf;
    struct err err;
    char path[] = "keys";

    gguf_writer_keys(writer, &keys);
    demand(gguf_parse(&gguf, &(struct mapped){(unsigned char *)keys.at, keys.len, path}, &err));
    demand(gguf_find(&gguf, "general.architecture") && gguf_find(&gguf, "tokenizer.ggml.model"));
    gguf_release(&gguf);
    buffer_release(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum text_file order[] = {TEXT_TOKENIZER, TEXT_CONFIG, TEXT_TOKENIZER_CONFIG,
                                           TEXT_GENERATION};
    static char title[] = "some-model-7B-v1.0-chat", name[] = "fuzz";
    struct origin origin = {.path = "fuzz", .title = title, .stream.fd = -1};
    struct text rest = {data ? (const char *)data : "", size};
    const struct keys keys = {.file_type = 7, .parameters = size};
    struct gguf_writer writer;
    struct err err = {""};

    for (int i = 0; i < 4; i++) {
        const struct text text = take(&rest);

        origin.names[order[i]] = name;
        if (i < 2 || text.len) origin.texts[order[i]] = text;
    }
    if (!config_from_json(&origin.model.config, origin.texts[TEXT_CONFIG], "fuzz", &err)) return 0;
    if (origin.model.config.vocabulary > ROWS) return 0;
    gguf_writer_init(&writer);
    if (keys_write(&keys, &origin, &writer, &err))
        read_again(&writer);
    else
        demand(*err.text);
    gguf_writer_release(&writer);
    return 0;
}

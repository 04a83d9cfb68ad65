/* Manifests of Ollama's store, and names of models: whatever they say, no path is made of it that
 * could lead elsewhere. */
#include "fuzz/fuzz.h"
#include "place/ollama.h"
#include "place/ollama_name.h"

#include <string.h>

static void check_part(const char *part)
{
    demand(*part && *part != '.' && !strchr(part, '/'));
}

/* The bytes as a name, where they are text. */
static void read_name(const uint8_t *data, size_t size)
{
    struct buffer text = {0};
    struct ollama_name name;
    struct err err = {""};

    buffer_add(&text, data, size);
    buffer_byte(&text, '\0');
    if (ollama_name_parse(&name, text.at, &err)) {
        check_part(name.host);
        check_part(name.space);
        check_part(name.model);
        check_part(name.tag);
    } else {
        demand(strncmp(err.text, "ollama:", 7) == 0);
    }
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digest[OLLAMA_DIGEST + 1];
    struct err err = {""};
    uint64_t length;

    read_name(data, size);
    if (ollama_manifest((struct text){(const char *)data, size}, "fuzz", digest, &length, &err))
        demand(strspn(digest, "0123456789abcdef") == OLLAMA_DIGEST && !digest[OLLAMA_DIGEST]);
    else
        demand(strncmp(err.text, "fuzz:", 5) == 0);
    return 0;
}

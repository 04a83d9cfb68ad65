/* An Ollama that keeps names and digests, and says what real ones (0.34) say.
 *
 * fault is a word, or a file that holds one, read at each call: old, no-number, no-version, page,
 * upload, form, create, early, template, silent, runner, endless, lost, copy=NAME, which refuses
 * that destination, and dead=NAME, which from there on refuses to change anything. */
#ifndef TESTS_UNIT_FAKE_OLLAMA_H
#define TESTS_UNIT_FAKE_OLLAMA_H

#include "deploy/client.h"
#include "unit/server.h"

struct fake_ollama {
    const char *fault, *fault_file; /* NULL: none */
    struct fake_model {
        char *name;
        char digest[65];
    } * models;
    size_t count, room;
    char **blobs;
    size_t blob_count, blob_room;
    bool dead;
    struct buffer created; /* the last request that made a model */
    char *fault_read;
};

extern const struct route fake_ollama_routes[];

/* The digest of a name, or NULL. */
const char *fake_ollama_digest(const struct fake_ollama *ollama, const char *name);
void fake_ollama_set(struct fake_ollama *ollama, const char *name, const char *digest);
void fake_ollama_release(struct fake_ollama *ollama);

/* Afresh, with that fault, behind a server that client asks. */
struct server *fake_ollama_serve(struct fake_ollama *ollama, const char *fault,
                                 struct client *client);

#endif

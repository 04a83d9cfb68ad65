/* What a model is: its family, its sizes and how it turns positions into angles, from the
 * config.json beside its weights (model/config_json) or from a GGUF file (model/config_gguf).
 *
 * All families are one decoder; what differs between them is said by the members here. What is not
 * understood is refused by name, because a model that is read almost rightly computes nonsense. */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct tensor;

enum family { FAMILY_LLAMA, FAMILY_MISTRAL, FAMILY_QWEN2, FAMILY_QWEN3, FAMILY_COUNT };

#define CONFIG_FAMILIES "llama, mistral, qwen2 and qwen3"

struct family_info {
    const char *name;         /* config.json: 'model_type' */
    const char *architecture; /* config.json: 'architectures' */
    const char *gguf;         /* 'general.architecture', which is the beginning of other keys */
    bool interleaved;         /* its GGUF files hold the rows of q and k in another order */
};

const struct family_info *family_info(enum family family);

enum rope_kind {
    ROPE_PLAIN,
    ROPE_LINEAR,  /* factor */
    ROPE_DYNAMIC, /* as plain; no text goes beyond config.positions (config_longest) */
    ROPE_LLAMA3,  /* factor, low, high, original */
    ROPE_YARN,    /* factor, original, fast, slow, amplitude */
    ROPE_DIVIDED  /* divisors */
};

struct rope {
    enum rope_kind kind;
    double base;
    double factor;
    double low, high;  /* wavelengths in the original length between which factor sets in */
    double original;   /* positions before the model was stretched */
    double fast, slow; /* turns in the original length, likewise */
    double amplitude;  /* of cosine and sine; 1 but for yarn */
    const struct tensor *divisors; /* borrowed from the GGUF file: head_dim / 2 floats */
};

enum {
    CONFIG_LAYERS = 512,
    CONFIG_HEAD = 4096, /* dimensions of one */
    CONFIG_GROUP = 256, /* heads that share a key and value head */
    CONFIG_EOS = 16,
    CONFIG_DTYPE = 16 /* bytes, with the end */
};

#define CONFIG_NO_ID UINT32_MAX

struct config {
    enum family family;
    uint32_t layers, hidden, feed; /* feed: width between up and down */
    uint32_t heads, kv_heads, head_dim;
    uint32_t vocabulary; /* rows of the embedding; a tokenizer may know fewer */
    uint32_t positions;  /* the longest text it was made for */
    float eps;
    struct rope rope;
    bool tied;        /* the embedding is the output matrix, too */
    bool qkv_bias;    /* q, k and v have biases */
    bool output_bias; /* so has o */
    bool feed_bias;   /* so have gate, up and down */
    bool qk_norm;     /* each head of q and k is normalised before it is turned */
    uint32_t window;  /* positions that a sliding layer sees, itself among them */
    bool slides[CONFIG_LAYERS];
    uint32_t bos, pad; /* or CONFIG_NO_ID */
    uint32_t eos[CONFIG_EOS];
    size_t eos_count;
    char dtype[CONFIG_DTYPE]; /* as the file spells it ('bfloat16', 'Q4_1'); may be empty */
};

/* The window of a layer in positions, or 0 when it sees all before it. */
uint32_t config_window(const struct config *config, size_t layer);

/* The sizes, under the names they have in either kind of file. */
struct config_size {
    const char *json, *gguf; /* NULL: not there */
    size_t offset;           /* in struct config */
    uint32_t most;
    bool optional;
};
extern const struct config_size config_sizes[];
extern const size_t config_size_count;

/* For the readers, when all members are set but those optional sizes that the file leaves to be
 * computed (0): fills these, and checks that all fit together. path is for err. */
bool config_settle(struct config *config, const char *path, struct err *err);

/* Of words that stand for a family in a file, which one; false when none. */
bool family_of_name(const char *name, enum family *family);

#endif

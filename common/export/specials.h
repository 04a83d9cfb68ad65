/* Which tokens a model names: that of the beginning, of the end ..., whether texts stand between
 * them, and its chat template. As llama.cpp's converter finds them, in its order:
 *
 *     tokenizer_config.json names them, the post-processor of tokenizer.json says what it puts
 *     around a text, config.json gives the numbers of those that are still missing. */
#ifndef EXPORT_SPECIALS_H
#define EXPORT_SPECIALS_H

#include "export/vocabulary.h"

enum special {
    SPECIAL_BOS,
    SPECIAL_EOS,
    SPECIAL_UNK,
    SPECIAL_SEP,
    SPECIAL_PAD,
    SPECIAL_CLS,
    SPECIAL_MASK,
    SPECIAL_EOT,
    SPECIAL_EOM,
    SPECIALS
};

struct specials {
    struct {
        enum special kind;
        uint32_t id;
    } ids[SPECIALS]; /* in the order they were found */
    size_t id_count;
    struct {
        enum special kind;
        bool yes;
    } adds[SPECIALS];
    size_t add_count;
};

bool specials_read(struct specials *specials, const struct origin *origin,
                   const struct vocabulary *vocabulary, struct err *err);

/* Says that texts get this token, or not, whatever was said before. */
void specials_add(struct specials *specials, enum special kind, bool yes);
void specials_write(const struct specials *specials, struct gguf_writer *writer);

#endif

#include "export/vocabulary.h"

#include "gguf/gguf.h"
#include "tokens/encoder.h"
#include "tokens/tokenizer_gguf.h"

#include <string.h>

/* Words, contractions, numbers of several lengths, marks, spaces and line ends in runs, letters of
 * several scripts in form C, and characters beyond the first plane. */
static const char sample[] =
    "The quick brown fox can't jump; it's WE'LL 'RE i'd  3 33 333 4444 1234567890 12.5% of $1,000\n"
    "\n\n \t\t x = y[0]->z; // a_b  ...!!! (c)  \r\n   def f(x):\n        return x**2\n"
    "d\xc3\xa9j\xc3\xa0 vu \xc3\x9c"
    "ber \xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 "
    "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 "
    "\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8 \xf0\x9f\x98\x80\xf0\x9f\x9a\x80 \xe2\x82\xac"
    "5 end ";

static bool encode(const struct tokenizer *tokenizer, struct ids *ids, struct err *err)
{
    struct encoder encoder;
    bool good;

    encoder_init(&encoder, tokenizer);
    good = tokenizer_encode(&encoder, TEXT(sample), false, ids, err);
    encoder_release(&encoder);
    return good;
}

static bool compare(const struct vocabulary *vocabulary, const struct tokenizer *other,
                    struct err *err)
{
    struct ids a = {0}, b = {0};
    bool good = encode(vocabulary->tokenizer, &a, err) && encode(other, &b, err);

    if (good && (a.count != b.count || memcmp(a.at, b.at, a.count * sizeof *a.at) != 0))
        good = err_set(err,
                       "%s: GGUF cannot say how it works: as '%s' with '%s' a text would have "
                       "other ids",
                       vocabulary->name, vocabulary->model, vocabulary->pre);
    ids_release(&a);
    ids_release(&b);
    return good;
}

bool vocabulary_check(const struct vocabulary *vocabulary, const struct gguf_writer *writer,
                      struct err *err)
{
    static char path[] = "the keys to be written";
    struct buffer keys = {0};
    struct tokenizer *other = NULL;
    struct gguf gguf;
    bool good;

    gguf_writer_keys(writer, &keys);
    good = gguf_parse(&gguf, &(struct mapped){(const unsigned char *)keys.at, keys.len, path}, err);
    if (good) {
        good = tokenizer_from_gguf(&other, &gguf, err) && compare(vocabulary, other, err);
        gguf_release(&gguf);
    }
    tokenizer_close(other);
    buffer_release(&keys);
    return good;
}

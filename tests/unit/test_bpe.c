/* Joining: short and long pieces by the same rules, and long ones without long waits. */
#include "bpe/bpe.h"

#include "bpe/alphabet.h"
#include "bpe/cache.h"
#include "check.h"
#include "hash/random.h"

#include <time.h>

/* Ids below 8 are symbols; each merge makes a new one, of random halves. */
static void make_merges(struct merges *merges, uint32_t seed)
{
    struct random random;

    random_init(&random, seed);
    merges_init(merges, 0);
    for (token_id id = 8; id < 900; id++)
        merges_add(merges, (token_id)random_upto(&random, id - 1),
                   (token_id)random_upto(&random, id - 1),
                   (uint32_t)random_upto(&random, 1) * 1000 + id, id);
}

/* By the definition, one join after the other. */
static size_t join_slowly(const struct merges *merges, token_id *ids, size_t count)
{
    for (;;) {
        uint32_t best = RANK_NONE;
        size_t at = 0;

        for (size_t i = 0; i + 1 < count; i++) {
            uint32_t rank = merges_find(merges, ids[i], ids[i + 1]);

            if (rank < best) best = rank, at = i;
        }
        if (best == RANK_NONE) return count;
        ids[at] = merges->ids[best];
        count--;
        memmove(ids + at + 1, ids + at + 2, (count - at - 1) * sizeof *ids);
    }
}

TEST(all_lengths_by_the_same_rules)
{
    struct bpe_work work = {0};
    struct random random;

    random_init(&random, 7);
    for (uint32_t round = 0; round < 300; round++) {
        struct merges merges;
        token_id ids[150];
        size_t count = random_upto(&random, 150), wanted;

        make_merges(&merges, round / 10);
        work.count = 0;
        for (size_t i = 0; i < count; i++)
            bpe_symbol(&work, ids[i] = (token_id)random_upto(&random, round % 8));
        wanted = join_slowly(&merges, ids, count);
        bpe_join(&merges, &work);
        CHECK(work.count == wanted && memcmp(work.ids, ids, wanted * sizeof *ids) == 0);
        merges_release(&merges);
    }
    bpe_work_release(&work);
}

TEST(a_million_times_the_same)
{
    struct bpe_work work = {0};
    struct merges merges;
    clock_t start = clock();

    merges_init(&merges, 20);
    for (token_id id = 0; id < 16; id++) merges_add(&merges, id, id, id, id + 1);
    for (size_t i = 0; i < 1 << 20; i++) bpe_symbol(&work, 0);
    bpe_join(&merges, &work);
    CHECK_INT(work.count, 16);
    CHECK_INT(work.ids[15], 16);
    CHECK((clock() - start) / CLOCKS_PER_SEC < 5);
    merges_release(&merges);
    bpe_work_release(&work);
}

TEST(the_later_merge_counts)
{
    struct merges merges;

    merges_init(&merges, 0);
    merges_add(&merges, 1, 2, 5, 3);
    merges_add(&merges, 1, 2, 9, 3);
    CHECK_INT(merges_find(&merges, 1, 2), 9);
    merges_add(&merges, 1000, 2, 7, 4);
    merges_add(&merges, 1000, 2, 8, 4);
    CHECK_INT(merges_find(&merges, 1000, 2), 8);
    CHECK_INT(merges.count, 1);
    CHECK(merges_find(&merges, 2, 1) == RANK_NONE);
    merges_release(&merges);
}

TEST(vocabulary)
{
    struct vocab vocab;
    char name[16];

    vocab_init(&vocab, 0);
    for (token_id id = 0; id < 5000; id++) {
        int len = snprintf(name, sizeof name, "%u", id * 7);

        CHECK(!vocab_add(&vocab, 2 * id, (struct text){name, (size_t)len}, TOKEN_MODEL));
    }
    CHECK_INT(vocab_find(&vocab, TEXT("21"), false), 6);
    CHECK(vocab_find(&vocab, TEXT("21"), true) == TOKEN_NONE);
    CHECK(vocab_find(&vocab, TEXT("22"), false) == TOKEN_NONE);
    CHECK(vocab_has(&vocab, 6) && !vocab_has(&vocab, 7) && !vocab_has(&vocab, 1 << 20));
    CHECK_TEXT(vocab_add(&vocab, 1, TEXT("21"), TOKEN_MODEL), "it is there twice");
    CHECK_TEXT(vocab_add(&vocab, 2, TEXT("x"), TOKEN_MODEL), "its id belongs to another token");
    CHECK_TEXT(vocab_add(&vocab, TOKEN_LIMIT, TEXT("x"), TOKEN_MODEL),
               "ids above 4194303 are not supported");
    CHECK_TEXT(vocab_add(&vocab, 1, (struct text){name, 65536}, TOKEN_MODEL),
               "tokens of more than 65535 bytes are not supported");
    CHECK(!vocab_add(&vocab, 1, TEXT("21"), TOKEN_MODEL | TOKEN_FOREIGN));
    CHECK_INT(vocab_find(&vocab, TEXT("21"), true), 1);
    vocab_release(&vocab);
}

/* The text of one piece in two places: at the end of what may be read, and before more. */
TEST(pieces_are_remembered)
{
    const token_id ids[] = {1, 2, 3, 4, 5, 6, 7};
    char text[64];
    struct cache cache;

    cache_init(&cache);
    memset(text, 'x', sizeof text);
    for (size_t len = 1; len <= CACHE_SHORT; len++) {
        struct cache_key key = cache_key(text, len, text + len);
        struct cache_key same = cache_key(text + 64 - len - 17, len, text + 64);
        const struct cache_short *found;

        CHECK(key.low == same.low && key.high == same.high);
        CHECK(!cache_find(cache_set(&cache, key), key));
        cache_keep(cache_set(&cache, key), key, ids, 1 + len % 3);
        found = cache_find(cache_set(&cache, same), same);
        CHECK(found && found->count == 1 + len % 3 && found->ids[0] == 1);
    }
    for (size_t len = CACHE_SHORT + 1; len <= CACHE_LONG; len++) {
        struct text piece = {text, len};

        CHECK(!cache_find_long(&cache, piece));
        cache_keep_long(&cache, piece, ids, 7);
        CHECK(cache_find_long(&cache, piece) && cache_find_long(&cache, piece)->ids[6] == 7);
    }
    cache_release(&cache);
}

TEST(the_alphabet_of_bytes)
{
    struct buffer written = {0}, read = {0};
    char all[256];

    for (int i = 0; i < 256; i++) all[i] = (char)i;
    alphabet_write(&written, (struct text){all, 256});
    CHECK(alphabet_read(&read, (struct text){written.at, written.len}));
    CHECK(read.len == 256 && memcmp(read.at, all, 256) == 0);
    written.len = read.len = 0;
    alphabet_write(&written, TEXT(" \n\x7f\xad~\xff"));
    buffer_byte(&written, '\0');
    CHECK_TEXT(written.at, "\xc4\xa0\xc4\x8a\xc4\xa1\xc5\x83~\xc3\xbf");
    CHECK(!alphabet_read(&read, TEXT("a b")));
    CHECK(!alphabet_read(&read, TEXT("\xc5\x84")));
    CHECK_INT(read.len, 5);
    buffer_release(&written);
    buffer_release(&read);
}

int main(void)
{
    RUN(all_lengths_by_the_same_rules);
    RUN(a_million_times_the_same);
    RUN(the_later_merge_counts);
    RUN(vocabulary);
    RUN(pieces_are_remembered);
    RUN(the_alphabet_of_bytes);
    return check_end();
}

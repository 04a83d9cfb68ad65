/* How fast a tokenizer is: tokens TOKENIZER.json TEXT [REPEATS]
 *
 * TEXT is documents with NUL bytes between them. Prints the milliseconds that loading takes, and
 * the MB/s (10^6 bytes of UTF-8) of encoding with one and with two threads and of decoding, each
 * the best of REPEATS, every one with new encoders; and a digest of all ids. What runs on one
 * thread is measured in processor time, so that a busy machine does not count. */
#include "core/lines.h"
#include "hash/sha256.h"
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct job {
    const struct tokenizer *tokenizer;
    const struct text *documents;
    size_t count;
    struct ids ids;
    size_t *ends; /* of each document's ids */
};

static double now(size_t threads)
{
    struct timespec time;

    clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *encode(void *context)
{
    struct job *job = context;
    struct encoder encoder;
    struct err err;

    encoder_init(&encoder, job->tokenizer);
    job->ids.count = 0;
    for (size_t i = 0; i < job->count; i++) {
        if (!tokenizer_encode(&encoder, job->documents[i], false, &job->ids, &err)) {
            fprintf(stderr, "document %zu: %s\n", i, err.text);
            exit(1);
        }
        job->ends[i] = job->ids.count;
    }
    encoder_release(&encoder);
    return NULL;
}

/* The seconds that all documents take when threads share them evenly. */
static double time_encode(struct job *all, size_t threads)
{
    struct job jobs[8];
    pthread_t running[8];
    double start = now(threads), end;

    for (size_t i = 0, done = 0; i < threads; i++) {
        size_t share = all->count * (i + 1) / threads - done;

        jobs[i] = (struct job){all->tokenizer, all->documents + done, share, {0}, all->ends + done};
        done += share;
        pthread_create(&running[i], NULL, encode, &jobs[i]);
    }
    for (size_t i = 0; i < threads; i++) pthread_join(running[i], NULL);
    end = now(threads);
    for (size_t i = 0; i < threads; i++)
        if (threads == 1) {
            ids_release(&all->ids);
            all->ids = jobs[i].ids;
        } else {
            ids_release(&jobs[i].ids);
        }
    return end - start;
}

static bool is_text(const struct buffer *buffer, struct text text)
{
    if (!buffer->at || !text.len) return buffer->len == text.len;
    return buffer->len == text.len && memcmp(buffer->at, text.at, text.len) == 0;
}

static double time_decode(const struct job *all, const struct text *documents, size_t *wrong)
{
    struct buffer out = {0};
    double start = now(1), spent;

    *wrong = 0;
    for (size_t i = 0, begin = 0; i < all->count; begin = all->ends[i++]) {
        out.len = 0;
        tokenizer_decode(all->tokenizer, all->ids.at + begin, all->ends[i] - begin, false, &out);
        *wrong += !is_text(&out, documents[i]);
    }
    spent = now(1) - start;
    buffer_release(&out);
    return spent;
}

/* Of the ids as little-endian words: the first digits of their SHA-256, as the peers print it. */
static void digest(const struct ids *ids, char out[65])
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_add(&sha, ids->at, ids->count * sizeof *ids->at);
    sha256_hex(&sha, out);
    out[16] = '\0';
}

static double best(double *least, double seconds)
{
    if (*least == 0 || seconds < *least) *least = seconds;
    return *least;
}

static size_t cut(struct buffer *text, struct text **documents)
{
    size_t count = 0, room = 0;

    buffer_byte(text, '\0');
    for (char *at = text->at; at < text->at + text->len; at += strlen(at) + 1) {
        *documents = mem_room(*documents, count, &room, sizeof **documents);
        (*documents)[count++] = text_of(at);
    }
    return count;
}

int main(int argc, char **argv)
{
    double load = 0, one = 0, two = 0, decode = 0;
    struct buffer text = {0};
    struct text *documents = NULL;
    struct job job = {0};
    char hex[65];
    struct err err = {"tokens TOKENIZER.json TEXT [REPEATS]"};
    size_t bytes, wrong, repeats = argc > 3 ? strtoul(argv[3], NULL, 10) : 3;

    if (argc < 3 || !read_whole_file(argv[2], &text, (size_t)1 << 32, &err)) goto fail;
    job.count = cut(&text, &documents);
    assert(documents); /* the last NUL byte ends at least one */
    job.documents = documents;
    job.ends = mem_zero(job.count, sizeof *job.ends);
    bytes = text.len - job.count;
    for (size_t i = 0; i < repeats; i++) {
        struct tokenizer *tokenizer;
        double start = now(1);

        if (!tokenizer_load(&tokenizer, argv[1], &err)) goto fail;
        best(&load, now(1) - start);
        job.tokenizer = tokenizer;
        best(&two, time_encode(&job, 2));
        best(&one, time_encode(&job, 1));
        best(&decode, time_decode(&job, documents, &wrong));
        if (i + 1 == repeats)
            printf("load %.1f ms, encode %.1f MB/s, 2 threads %.1f MB/s, decode %.1f MB/s; "
                   "%zu ids, digest %s, %zu of %zu documents differ\n",
                   load * 1e3, (double)bytes / one / 1e6, (double)bytes / two / 1e6,
                   (double)bytes / decode / 1e6, job.ids.count, (digest(&job.ids, hex), hex), wrong,
                   job.count);
        tokenizer_close(tokenizer);
    }
    ids_release(&job.ids);
    mem_free(job.ends);
    mem_free(documents);
    buffer_release(&text);
    return 0;

fail:
    fprintf(stderr, "tokens: %s\n", err.text);
    return 1;
}

/* For weights.py: reads weights and writes them again.
 *
 *     weights map IN OUT          through a mapping
 *     weights pipe IN OUT         through a stream
 *     weights split IN OUT LIMIT  into the shards of a folder
 *     weights join IN OUT         from a folder */
#include "core/lines.h"
#include "core/report.h"
#include "safetensors/safetensors_stream.h"
#include "safetensors/shard_writer.h"
#include "safetensors/shards.h"

#include <stdlib.h>
#include <string.h>

static struct err err;

static void demand(bool good)
{
    if (!good) die_of(&err);
}

static void declare(struct safetensors_writer *writer, const struct st_header *header)
{
    for (size_t i = 0; i < header->metadata_count; i++)
        demand(safetensors_writer_set(writer, header->metadata[i].key, header->metadata[i].value,
                                      &err));
    for (size_t i = 0; i < header->count; i++)
        demand(safetensors_writer_declare(writer, &header->tensors[i], &err));
}

static void by_map(const char *from, struct safetensors_writer *writer, struct outfile *out)
{
    struct safetensors in;

    demand(safetensors_open(&in, from, &err));
    declare(writer, &in.header);
    demand(safetensors_writer_begin(writer, out, &err));
    for (size_t i = 0; i < in.header.count; i++)
        demand(safetensors_writer_write(writer, in.header.tensors[i].at, in.header.tensors[i].bytes,
                                        &err));
    safetensors_close(&in);
}

static void by_pipe(const char *from, struct safetensors_writer *writer, struct outfile *out)
{
    struct safetensors_stream in;
    const struct tensor *tensor;
    char piece[1000];
    int got, fd = open_input(from, &err);

    demand(fd >= 0 && safetensors_stream_open(&in, fd, from, &err));
    declare(writer, &in.header);
    demand(safetensors_writer_begin(writer, out, &err));
    while ((got = safetensors_stream_next(&in, &tensor, &err)) > 0)
        while (in.left) {
            size_t len = in.left < sizeof piece ? in.left : sizeof piece;

            demand(safetensors_stream_read(&in, piece, len, &err) &&
                   safetensors_writer_write(writer, piece, len, &err));
        }
    demand(got == 0);
    safetensors_stream_close(&in);
}

static void by_join(const char *from, struct safetensors_writer *writer, struct outfile *out)
{
    struct shards in;

    demand(shards_open(&in, from, &err));
    for (size_t i = 0; i < in.count; i++)
        demand(safetensors_writer_declare(writer, in.tensors[i], &err));
    demand(safetensors_writer_begin(writer, out, &err));
    for (size_t i = 0; i < in.count; i++)
        demand(safetensors_writer_write(writer, in.tensors[i]->at, in.tensors[i]->bytes, &err));
    shards_close(&in);
}

static void split(const char *from, const char *to, const char *limit)
{
    struct shard_writer writer;
    struct safetensors in;

    shard_writer_init(&writer, to, strtoull(limit, NULL, 10));
    demand(safetensors_open(&in, from, &err));
    declare(&writer.declared, &in.header);
    demand(shard_writer_begin(&writer, &err));
    for (size_t i = 0; i < in.header.count; i++)
        demand(
            shard_writer_write(&writer, in.header.tensors[i].at, in.header.tensors[i].bytes, &err));
    demand(shard_writer_commit(&writer, &err));
    shard_writer_release(&writer);
    safetensors_close(&in);
}

int main(int argc, char **argv)
{
    struct safetensors_writer writer;
    struct outfile out;

    report_start("weights");
    if (argc < 4) return EXIT_USAGE;
    if (strcmp(argv[1], "split") == 0 && argc == 5) return split(argv[2], argv[3], argv[4]), 0;
    safetensors_writer_init(&writer);
    demand(outfile_open(&out, argv[3], &err));
    if (strcmp(argv[1], "map") == 0) by_map(argv[2], &writer, &out);
    if (strcmp(argv[1], "pipe") == 0) by_pipe(argv[2], &writer, &out);
    if (strcmp(argv[1], "join") == 0) by_join(argv[2], &writer, &out);
    demand(safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err));
    safetensors_writer_release(&writer);
    return 0;
}

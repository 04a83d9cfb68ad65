#include "export/tensors.h"

#include "core/lines.h"
#include "export/rope_factors.h"
#include "pack/pack.h"
#include "records/spool.h"
#include "tensor/load.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SLAB ((uint64_t)4 << 20) /* numbers that are packed at once, or one row, or one head */
#define PIECE ((size_t)1 << 20)  /* bytes that are taken from the spool at once */

struct job {
    const struct tensors *all;
    struct buffer read, turned, packed; /* of one slab */
    bool spooled;
    struct spool spool;
    uint64_t *begins; /* of slots in the spool */
    uint64_t done;    /* numbers */
    struct err *err;
};

static unsigned char *room_of(struct buffer *buffer, uint64_t bytes)
{
    buffer->len = 0;
    buffer_reserve(buffer, (size_t)bytes);
    return (unsigned char *)buffer->at;
}

/* The next bytes of a slot. */
static bool put(struct job *job, size_t slot, uint64_t offset, const void *data, size_t len)
{
    uint64_t begin;

    if (!job->spooled) return gguf_writer_write(job->all->writer, slot, data, len, job->err);
    if (!spool_add(&job->spool, data, len, &begin, job->err)) return false;
    if (offset == 0) job->begins[slot] = begin;
    return true;
}

static bool write_factors(struct job *job, size_t slot)
{
    const struct config *config = &job->all->origin->model.config;
    const size_t count = config->head_dim / 2;
    float *factors = mem_alloc(mem_product(count, sizeof *factors));
    unsigned char *bytes = room_of(&job->packed, count * 4);

    rope_factors(config, factors);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &factors[i], sizeof bits);
        bits = htole32(bits);
        memcpy(bytes + 4 * i, &bits, sizeof bits);
    }
    mem_free(factors);
    job->done += count;
    return put(job, slot, 0, bytes, count * 4);
}

/* Rows of a slot that are worked on together. */
struct slab {
    const struct slot *slot;
    uint64_t first, rows, cols;
    uint64_t row_bytes; /* of the origin */
    const unsigned char *at;
};

/* Row 2 j + s of each head is the one that stood as s head / 2 + j. */
static void interleave(struct job *job, struct slab *slab)
{
    const uint64_t head = slab->slot->shape[0] / slab->slot->heads, bytes = slab->row_bytes;
    unsigned char *to = room_of(&job->turned, slab->rows * bytes);

    for (uint64_t row = 0; row < slab->rows; row++) {
        const uint64_t within = row % head, from = within / 2 + within % 2 * (head / 2);

        memcpy(to + row * bytes, slab->at + (row - within + from) * bytes, (size_t)bytes);
    }
    slab->at = to;
}

static bool refuse(struct job *job, const struct slab *slab)
{
    char where[64] = "";

    if (slab->first > 0) snprintf(where, sizeof where, ", behind row %" PRIu64, slab->first - 1);
    return err_prefix(job->err, "%s: '%.*s'%s", path_shown(job->all->origin->path),
                      GGUF_SHOWN(slab->slot->source->name), where);
}

static bool pack_slab(struct job *job, size_t number, struct slab *slab)
{
    const struct slot *slot = slab->slot;
    const bool vector = slot->rank == 1;
    const struct matrix from = {.dtype = slot->source->dtype,
                                .rows = vector ? 1 : slab->rows,
                                .cols = vector ? slab->rows : slab->cols,
                                .at = slab->at,
                                .stride = vector ? slab->rows * slab->row_bytes : slab->row_bytes};
    uint64_t row, len;
    unsigned char *to;

    if (!dtype_bytes(slot->dtype, slab->cols, &row) || !dtype_bytes(slot->dtype, from.cols, &len))
        return err_set(job->err, "'%s' has rows that %s cannot hold", slot->name,
                       dtype_info(slot->dtype)->name);
    len *= from.rows;
    to = room_of(&job->packed, len);
    if (!pack_matrix(slot->dtype, &from, slot->importance, to, job->all->team, job->err))
        return refuse(job, slab);
    if (job->all->deviations)
        deviation_add(&job->all->deviations[slot->dtype], &from, slot->dtype, to, job->all->team);
    job->done += slab->rows * slab->cols;
    if (job->all->progress) job->all->progress(job->done, job->all->layout->parameters);
    return put(job, number, slab->first * row, to, (size_t)len);
}

static uint64_t rows_together(const struct slot *slot, uint64_t cols)
{
    const uint64_t head = slot->heads ? slot->shape[0] / slot->heads : 1;
    const uint64_t rows = cols < SLAB ? SLAB / cols : 1;

    return rows < head ? head : rows - rows % head;
}

static bool write_slot(struct job *job, size_t number)
{
    const struct slot *slot = &job->all->layout->slots[number];
    struct origin *origin = job->all->origin;
    struct slab slab = {.slot = slot, .cols = slot->rank == 2 ? slot->shape[1] : 1};
    uint64_t most;

    if (!slot->source) return write_factors(job, number);
    most = rows_together(slot, slab.cols);
    slab.row_bytes = slot->source->bytes / slot->shape[0];
    for (; slab.first < slot->shape[0]; slab.first += slab.rows) {
        const uint64_t left = slot->shape[0] - slab.first;
        unsigned char *room;

        slab.rows = left < most ? left : most;
        room = origin->streamed ? room_of(&job->read, slab.rows * slab.row_bytes) : NULL;
        slab.at = origin_read(origin, slot->source, slab.first * slab.row_bytes,
                              (size_t)(slab.rows * slab.row_bytes), room, job->err);
        if (!slab.at) return false;
        if (slot->heads) interleave(job, &slab);
        if (!pack_slab(job, number, &slab)) return false;
    }
    return true;
}

/* --- a stream's order */

static bool in_order(const struct tensors *tensors)
{
    const struct tensor *last = NULL;

    if (!tensors->origin->streamed) return true;
    for (size_t i = 0; i < tensors->layout->count; i++) {
        const struct tensor *source = tensors->layout->slots[i].source;

        if (!source && i > 0) return false;
        if (last && source < last) return false;
        last = source;
    }
    return true;
}

/* For each tensor of the origin its slot, or SIZE_MAX. */
static size_t *find_slots(const struct tensors *tensors)
{
    const struct origin *origin = tensors->origin;
    size_t *slots = mem_alloc(mem_product(origin->count, sizeof *slots));

    for (size_t i = 0; i < origin->count; i++) slots[i] = SIZE_MAX;
    for (size_t i = 0; i < tensors->layout->count; i++)
        if (tensors->layout->slots[i].source)
            slots[tensors->layout->slots[i].source - origin->stream.header.tensors] = i;
    return slots;
}

static bool write_stream(struct job *job)
{
    const struct tensors *all = job->all;
    const struct tensor *tensor;
    size_t *slots = find_slots(all);
    bool good = true;
    int got = 1;

    for (size_t i = 0; good && i < all->layout->count; i++)
        if (!all->layout->slots[i].source) good = write_slot(job, i);
    while (good && (got = origin_next(all->origin, &tensor, job->err)) == 1) {
        const size_t slot = slots[tensor - all->origin->stream.header.tensors];

        if (slot != SIZE_MAX) good = write_slot(job, slot);
    }
    mem_free(slots);
    return good && got == 0;
}

static bool write_mapped(struct job *job)
{
    bool good = true;

    for (size_t i = 0; good && i < job->all->layout->count; i++) good = write_slot(job, i);
    return good;
}

static bool empty_spool(struct job *job)
{
    const struct gguf_writer *writer = job->all->writer;
    char *piece = mem_alloc(PIECE);
    bool good = true;

    job->spooled = false;
    for (size_t i = 0; good && i < writer->count; i++)
        for (uint64_t at = 0; good && at < writer->parts[i].bytes; at += PIECE) {
            const uint64_t left = writer->parts[i].bytes - at;
            const size_t len = left < PIECE ? (size_t)left : PIECE;

            good = spool_read(&job->spool, job->begins[i] + at, piece, len, job->err) &&
                   put(job, i, at, piece, len);
        }
    mem_free(piece);
    return good;
}

bool tensors_write(const struct tensors *tensors, struct outfile *out, struct err *err)
{
    const bool ordered = in_order(tensors), placed = !ordered && outfile_can_place(out);
    struct job job = {.all = tensors, .spooled = !ordered && !placed, .spool.fd = -1, .err = err};
    bool good = !job.spooled || spool_open(&job.spool, err);

    job.begins = mem_zero(tensors->layout->count, sizeof *job.begins);
    good = good && gguf_writer_begin(tensors->writer, out, placed, err) &&
           (tensors->origin->streamed ? write_stream(&job) : write_mapped(&job)) &&
           (!job.spooled || empty_spool(&job)) && gguf_writer_finish(tensors->writer, err);
    spool_close(&job.spool);
    mem_free(job.begins);
    buffer_release(&job.read);
    buffer_release(&job.turned);
    buffer_release(&job.packed);
    return good;
}

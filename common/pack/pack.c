#include "pack/pack.h"

#include "lanes/cpu.h"
#include "lanes/lanes.h"
#include "pack/packer.h"
#include "tensor/finite.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>

#define PIECE 16384 /* elements that a thread takes at once, or one row */

#if defined(__x86_64__)
static const struct format_packer *const packers[] = {[CPU_PLAIN] = &format_packer_plain,
                                                      [CPU_AVX2] = &format_packer_avx2,
                                                      [CPU_AVX512] = &format_packer_avx512,
                                                      [CPU_AVX512BF16] = &format_packer_avx512,
                                                      [CPU_AMX] = &format_packer_avx512};
#else
static const struct format_packer *const packers[] = {&format_packer_plain, &format_packer_plain,
                                                      &format_packer_plain, &format_packer_plain,
                                                      &format_packer_plain};
#endif

bool pack_can(enum dtype dtype)
{
    return format_packer_plain.row[dtype] != NULL;
}

void pack_row(enum dtype dtype, const float *x, size_t count, const float *importance,
              unsigned char *out)
{
    assert(pack_can(dtype) && count % dtype_info(dtype)->elements == 0);
    packers[cpu_level()]->row[dtype](x, count, importance, out);
}

/* Rows of a matrix, some to a piece. */
struct job {
    enum dtype dtype;
    const struct matrix *from;
    const float *importance;
    unsigned char *out;
    struct team *team;
    uint64_t rows_together, row_bytes;
    atomic_uint_fast64_t bad; /* the first row that cannot be packed, or the number of rows */
};

static bool floats_finite(const float *x, size_t count)
{
    return packers[cpu_level()]->finite(x, count);
}

static void note_bad(struct job *job, uint64_t row)
{
    uint_fast64_t first = atomic_load(&job->bad);

    while (row < first && !atomic_compare_exchange_weak(&job->bad, &first, row)) continue;
}

/* Is a row, unpacked at x, one that its format can hold? */
static void inspect(struct job *job, uint64_t row, const float *x)
{
    if (!floats_finite(x, job->from->cols) ||
        !finite_elements(job->dtype, job->out + row * job->row_bytes, job->from->cols))
        note_bad(job, row);
}

static void unpack(const struct job *job, uint64_t row, float *x)
{
    if (job->from->form == MATRIX_STORED && job->from->dtype == DTYPE_BF16)
        lanes_get()->from_bf16((const void *)matrix_row(job->from, row), x, job->from->cols);
    else
        matrix_to_f32(job->from, row, 0, job->from->cols, x);
}

static void pack_piece(void *context, size_t piece, size_t thread)
{
    struct job *job = context;
    const uint64_t cols = job->from->cols, first = piece * job->rows_together;
    const uint64_t left = job->from->rows - first;
    const uint64_t rows = left < job->rows_together ? left : job->rows_together;
    float *x = team_scratch(job->team, thread, rows * cols * sizeof *x);

    for (uint64_t i = 0; i < rows; i++) unpack(job, first + i, x + i * cols);
    if (job->importance)
        for (uint64_t i = 0; i < rows; i++)
            pack_row(job->dtype, x + i * cols, cols, job->importance,
                     job->out + (first + i) * job->row_bytes);
    else /* blocks know nothing of rows */
        pack_row(job->dtype, x, rows * cols, NULL, job->out + first * job->row_bytes);
    for (uint64_t i = 0; i < rows; i++) inspect(job, first + i, x + i * cols);
}

static bool refuse(const struct job *job, uint64_t row, struct err *err)
{
    float *x = team_scratch(job->team, 0, job->from->cols * sizeof *x);
    size_t col = 0;

    matrix_to_f32(job->from, row, 0, job->from->cols, x);
    while (col < job->from->cols && floats_finite(x + col, 1)) col++;
    if (col < job->from->cols)
        return err_set(err, "row %" PRIu64 ", column %zu is %s", row, col,
                       x[col] != x[col] ? "not a number" : "infinite");
    return err_set(err, "row %" PRIu64 " is too large for %s", row, dtype_info(job->dtype)->name);
}

bool pack_matrix(enum dtype dtype, const struct matrix *from, const float *importance,
                 unsigned char *out, struct team *team, struct err *err)
{
    struct job job = {
        .dtype = dtype, .from = from, .importance = importance, .out = out, .team = team};
    const uint64_t rows = from->rows;
    uint64_t bad;

    if (!pack_can(dtype) || !dtype_bytes(dtype, from->cols, &job.row_bytes))
        return err_set(err, "rows of %" PRIu64 " elements cannot be packed as %s", from->cols,
                       dtype_info(dtype)->name);
    if (rows == 0 || from->cols == 0) return true;
    job.rows_together = from->cols < PIECE ? PIECE / from->cols : 1;
    atomic_init(&job.bad, rows);
    team_run(team, (size_t)((rows - 1) / job.rows_together + 1), pack_piece, &job);
    bad = atomic_load(&job.bad);
    return bad == rows || refuse(&job, bad, err);
}

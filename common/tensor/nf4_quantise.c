#include "tensor/absmax.h"
#include "tensor/nf4.h"

/* A piece is rows that begin with a block: so many rows are one step, or several. */
struct job {
    const struct matrix *from;
    struct team *team;
    uint64_t rows; /* of a piece */
    unsigned char *codes;
    float *largest; /* of each block */
};

static float reciprocal(float largest)
{
    const float least = 1e-38F;

    return 1 / (largest > least ? largest : least);
}

/* A code is the number of middles between values that the element is above. */
static void encode(const float *restrict x, float factor, int32_t *restrict codes)
{
    for (size_t j = 0; j < NF4_BLOCK; j++) codes[j] = 0;
    for (size_t i = 0; i < 15; i++) {
        const float middle = (nf4_values[i] + nf4_values[i + 1]) / 2;

        for (size_t j = 0; j < NF4_BLOCK; j++) codes[j] += x[j] * factor > middle;
    }
}

static float quantise_block(const float *restrict x, unsigned char *restrict bytes, size_t count)
{
    const float largest = float_of_bits((uint32_t)absmax_bits(x, NF4_BLOCK));
    int32_t codes[NF4_BLOCK];

    encode(x, reciprocal(largest), codes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)(codes[2 * i] << 4 | codes[2 * i + 1]);
    return largest;
}

static void quantise_piece(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const uint64_t cols = job->from->cols, first = piece * job->rows,
                   left = job->from->rows - first;
    const uint64_t rows = left < job->rows ? left : job->rows, count = rows * cols;
    float *x = team_scratch(job->team, thread, (count + NF4_BLOCK) * sizeof *x);

    for (uint64_t row = 0; row < rows; row++)
        matrix_to_f32(job->from, first + row, 0, cols, x + row * cols);
    memset(x + count, 0, NF4_BLOCK * sizeof *x); /* fills up the last block */
    for (uint64_t i = 0; i < count; i += NF4_BLOCK) {
        const uint64_t at = first * cols + i,
                       elements = count - i < NF4_BLOCK ? count - i : NF4_BLOCK;

        job->largest[at / NF4_BLOCK] =
            quantise_block(x + i, job->codes + at / 2, (elements + 1) / 2);
    }
}

/* The least number of rows that are whole blocks, times what makes a piece worth a call. */
static uint64_t rows_of_piece(uint64_t cols)
{
    uint64_t rows = NF4_BLOCK;

    while (rows > 1 && rows / 2 * cols % NF4_BLOCK == 0) rows /= 2;
    return rows * (65536 / (rows * cols + 1) + 1);
}

static double mean(const float *x, uint64_t count)
{
    double sum = 0;

    for (uint64_t i = 0; i < count; i++) sum += (double)x[i];
    return sum / (double)count;
}

static unsigned scale_code(float x)
{
    unsigned low = 0, high = 255;

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (x > (nf4_scale(middle) + nf4_scale(middle + 1)) / 2)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void quantise_scales(float *x, uint64_t count, struct quantised *to)
{
    to->offset = (float)mean(x, count);
    for (uint64_t i = 0; i < count; i++) x[i] -= to->offset;
    for (uint64_t begin = 0; begin < count; begin += NF4_GROUP) {
        const uint64_t end = count - begin < NF4_GROUP ? count : begin + NF4_GROUP;
        const float largest = float_of_bits((uint32_t)absmax_bits(x + begin, end - begin));
        const float factor = reciprocal(largest);

        to->scales[begin / NF4_GROUP] = largest;
        for (uint64_t i = begin; i < end; i++)
            to->absmax[i] = (unsigned char)scale_code(x[i] * factor);
    }
}

bool nf4_quantise(const struct matrix *from, struct quantised *to, struct team *team)
{
    const uint64_t rows = rows_of_piece(from->cols), blocks = nf4_blocks(from->rows * from->cols);
    struct job job = {from, team, rows, to->codes, mem_zero(blocks, sizeof(float))};
    bool finite;

    team_run(team, (from->rows + rows - 1) / rows, quantise_piece, &job);
    finite = absmax_bits(job.largest, blocks) < ABSMAX_FINITE;
    if (finite) quantise_scales(job.largest, blocks, to);
    mem_free(job.largest);
    return finite;
}

#include "tensor/int8.h"

#include "tensor/absmax.h"

#include <float.h>
#include <math.h>

void int8_to_f32(const unsigned char *codes, float scale, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = (float)(int8_t)codes[i] * scale;
}

void int8_to_bf16(const unsigned char *codes, float scale, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = bf16_of_float((float)(int8_t)codes[i] * scale);
}

struct job {
    const struct matrix *from;
    struct quantised *to;
    struct team *team;
    uint64_t rows; /* of a piece */
};

/* To nearest even, where |x| < 2^22: the sum has no bits for a fraction. */
static inline float whole(float x)
{
    const float far = 12582912.0F;

    return x + far - far;
}

static void encode(const float *restrict x, float factor, unsigned char *restrict codes,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) codes[i] = (unsigned char)(int)whole(x[i] * factor);
}

/* A row so small that its factor is not finite becomes 0. */
static float quantise_row(const float *x, unsigned char *codes, size_t count)
{
    const float largest = float_of_bits((uint32_t)absmax_bits(x, count)),
                factor = 1 / largest * 127;

    if (!isfinite(largest)) return largest;
    if (factor > FLT_MAX) {
        memset(codes, 0, count);
        return 0;
    }
    encode(x, factor, codes, count);
    return largest / 127;
}

static void quantise_rows(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const uint64_t cols = job->from->cols, begin = piece * job->rows;
    const uint64_t end = begin + job->rows < job->from->rows ? begin + job->rows : job->from->rows;
    float *line = team_scratch(job->team, thread, cols * sizeof *line);

    for (uint64_t row = begin; row < end; row++) {
        matrix_to_f32(job->from, row, 0, cols, line);
        job->to->scales[row] = quantise_row(line, job->to->codes + row * cols, cols);
    }
}

bool int8_quantise(const struct matrix *from, struct quantised *to, struct team *team)
{
    const uint64_t rows = 65536 / (from->cols + 1) + 1;
    struct job job = {from, to, team, rows};

    team_run(team, (from->rows + rows - 1) / rows, quantise_rows, &job);
    return absmax_bits(to->scales, from->rows) < ABSMAX_FINITE;
}

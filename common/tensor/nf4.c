#include "tensor/nf4.h"

#include "tensor/floats.h"

#include <assert.h>

#define N0 (-1.0F)
#define N1 (-0.6961928009986877F)
#define N2 (-0.5250730514526367F)
#define N3 (-0.39491748809814453F)
#define N4 (-0.28444138169288635F)
#define N5 (-0.18477343022823334F)
#define N6 (-0.09105003625154495F)
#define N7 0.0F
#define N8 0.07958029955625534F
#define N9 0.16093020141124725F
#define NA 0.24611230194568634F
#define NB 0.33791524171829224F
#define NC 0.44070982933044434F
#define ND 0.5626170039176941F
#define NE 0.7229568362236023F
#define NF 1.0F

const float nf4_values[16] = {N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, NA, NB, NC, ND, NE, NF};

/* Both values of a byte. */
#define PAIRS(h)                                                                                   \
    {h, N0}, {h, N1}, {h, N2}, {h, N3}, {h, N4}, {h, N5}, {h, N6}, {h, N7}, {h, N8}, {h, N9},      \
        {h, NA}, {h, NB}, {h, NC}, {h, ND}, {h, NE},                                               \
    {                                                                                              \
        h, NF                                                                                      \
    }

static const float pairs[256][2] = {
    PAIRS(N0), PAIRS(N1), PAIRS(N2), PAIRS(N3), PAIRS(N4), PAIRS(N5), PAIRS(N6), PAIRS(N7),
    PAIRS(N8), PAIRS(N9), PAIRS(NA), PAIRS(NB), PAIRS(NC), PAIRS(ND), PAIRS(NE), PAIRS(NF)};

/* The upper half of the scales. For i of 0 to 6 there are the middles of the 2^i equal parts of
 * [0.1, 1], times 10^(i - 6), and at last 1; all in the float arithmetic of the library. */
static const float scales[128] = {
    5.50000038e-07F, 3.25000019e-06F, 7.7499999e-06F,  2.12499981e-05F,
    4.37499984e-05F, 6.62500024e-05F, 8.87499991e-05F, 0.000156250011F,
    0.000268750038F, 0.000381250022F, 0.000493750034F, 0.000606250076F,
    0.00071875006F,  0.000831249985F, 0.000943750085F, 0.00128124992F,
    0.00184375001F,  0.00240624999F,  0.00296874996F,  0.00353124971F,
    0.00409374991F,  0.00465624966F,  0.00521875033F,  0.00578125007F,
    0.00634374982F,  0.00690625003F,  0.00746874977F,  0.00803124998F,
    0.00859375019F,  0.00915624946F,  0.00971874967F,  0.0114062503F,
    0.0142187504F,   0.0170312505F,   0.0198437516F,   0.0226562507F,
    0.0254687499F,   0.028281251F,    0.0310937501F,   0.0339062512F,
    0.0367187522F,   0.0395312496F,   0.0423437469F,   0.0451562516F,
    0.047968749F,    0.05078125F,     0.053593751F,    0.0564062484F,
    0.0592187531F,   0.0620312504F,   0.0648437515F,   0.0676562563F,
    0.0704687461F,   0.0732812509F,   0.0760937482F,   0.078906253F,
    0.0817187577F,   0.0845312476F,   0.0873437524F,   0.0901562497F,
    0.0929687545F,   0.0957812592F,   0.0985937491F,   0.107031256F,
    0.12109375F,     0.135156244F,    0.149218753F,    0.163281247F,
    0.177343756F,    0.19140625F,     0.205468744F,    0.219531253F,
    0.233593747F,    0.247656241F,    0.26171875F,     0.275781274F,
    0.289843738F,    0.303906262F,    0.317968726F,    0.33203125F,
    0.346093744F,    0.360156238F,    0.374218762F,    0.388281226F,
    0.40234375F,     0.416406244F,    0.430468738F,    0.444531262F,
    0.458593726F,    0.47265625F,     0.486718714F,    0.500781238F,
    0.514843702F,    0.528906226F,    0.54296875F,     0.557031274F,
    0.571093798F,    0.585156262F,    0.599218726F,    0.61328125F,
    0.627343774F,    0.641406298F,    0.655468762F,    0.669531226F,
    0.68359375F,     0.697656274F,    0.711718798F,    0.725781262F,
    0.739843726F,    0.75390625F,     0.767968774F,    0.782031238F,
    0.796093762F,    0.810156226F,    0.82421875F,     0.838281274F,
    0.852343738F,    0.866406262F,    0.880468726F,    0.89453125F,
    0.908593774F,    0.922656238F,    0.936718762F,    0.950781226F,
    0.96484375F,     0.978906274F,    0.992968738F,    1.0F};

/* Below 127, which is 0, stand the same numbers with the other sign, but not -1. */
float nf4_scale(unsigned code)
{
    assert(code < 256);
    if (code == 127) return 0;
    return code > 127 ? scales[code - 128] : -scales[126 - code];
}

uint64_t nf4_blocks(uint64_t elements)
{
    return elements / NF4_BLOCK + (elements % NF4_BLOCK > 0);
}

uint64_t nf4_groups(uint64_t elements)
{
    const uint64_t blocks = nf4_blocks(elements);

    return blocks / NF4_GROUP + (blocks % NF4_GROUP > 0);
}

static float scale_of(const struct matrix *matrix, uint64_t block)
{
    return nf4_scale(matrix->absmax[block]) * matrix->scales[block / NF4_GROUP] + matrix->offset;
}

static void whole_block(const unsigned char *restrict codes, float scale, float *restrict out)
{
    for (size_t i = 0; i < NF4_BLOCK / 2; i++) {
        out[2 * i] = pairs[codes[i]][0] * scale;
        out[2 * i + 1] = pairs[codes[i]][1] * scale;
    }
}

static void part_of_block(const struct matrix *matrix, uint64_t begin, float *out, size_t count)
{
    const float scale = scale_of(matrix, begin / NF4_BLOCK);

    for (size_t i = 0; i < count; i++)
        out[i] = pairs[matrix->at[(begin + i) / 2]][(begin + i) % 2] * scale;
}

/* How many of the elements from begin on are of one block. */
static size_t within_block(uint64_t begin, size_t count)
{
    const size_t left = NF4_BLOCK - begin % NF4_BLOCK;

    return left < count ? left : count;
}

void nf4_to_f32(const struct matrix *matrix, uint64_t begin, float *out, size_t count)
{
    while (count) {
        const size_t n = within_block(begin, count);

        if (n == NF4_BLOCK)
            whole_block(matrix->at + begin / 2, scale_of(matrix, begin / NF4_BLOCK), out);
        else
            part_of_block(matrix, begin, out, n);
        begin += n;
        out += n;
        count -= n;
    }
}

void nf4_to_bf16(const struct matrix *matrix, uint64_t begin, bf16 *out, size_t count)
{
    float block[NF4_BLOCK];

    while (count) {
        const size_t n = within_block(begin, count);

        nf4_to_f32(matrix, begin, block, n);
        for (size_t i = 0; i < n; i++) out[i] = bf16_of_float(block[i]);
        begin += n;
        out += n;
        count -= n;
    }
}

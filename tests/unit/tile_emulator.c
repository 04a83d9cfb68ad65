#include "unit/tile_emulator.h"

#include <stddef.h>

#if defined(__x86_64__)
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

enum { TILES = 8, ROWS = 16, ROW_BYTES = 64 };

/* As ldtilecfg reads it. */
struct config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

static _Thread_local struct config config;
static _Thread_local unsigned char tiles[TILES][ROWS][ROW_BYTES];

/* One instruction: a VEX prefix of three bytes, the opcode, ModRM and what it calls for. */
struct instruction {
    unsigned prefix; /* 0 none, 1 66, 2 F3, 3 F2 */
    unsigned opcode, reg, rm, vvvv;
    bool memory;
    char *base;
    size_t stride, bytes;
};

static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                               REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                               REG_R12, REG_R13, REG_R14, REG_R15};

static uint64_t value(const greg_t *registers, unsigned number)
{
    return (uint64_t)registers[places[number]];
}

static int32_t displacement(const unsigned char *at, unsigned mod)
{
    int32_t wide;

    if (mod == 1) return (int8_t)*at;
    memcpy(&wide, at, sizeof wide);
    return mod == 2 ? wide : 0;
}

/* What stands after ModRM at at[4]. */
static void read_address(struct instruction *i, const unsigned char *at, const greg_t *registers)
{
    const unsigned mod = at[4] >> 6, high_base = at[1] & 0x20 ? 0 : 8, high = at[1] & 0x40 ? 0 : 8;
    const unsigned disp = mod == 1 ? 1 : mod == 2 ? 4 : 0;
    uint64_t address;

    if ((at[4] & 7) == 4) {
        const unsigned index = (at[5] >> 3 & 7U) | high;

        address = value(registers, (at[5] & 7U) | high_base);
        i->stride = index == 4 ? 0 : value(registers, index) << (at[5] >> 6);
        i->bytes = 6 + disp;
    } else if (mod == 0 && (at[4] & 7) == 5) { /* relative to the next instruction */
        address = (uint64_t)(uintptr_t)at + 9 + (uint64_t)(int64_t)displacement(at + 5, 2);
        i->bytes = 9;
    } else {
        address = value(registers, (at[4] & 7U) | high_base);
        i->bytes = 5 + disp;
    }
    address += (uint64_t)(int64_t)displacement(at + i->bytes - disp, mod);
    i->base = (char *)(uintptr_t)address; // NOLINT(performance-no-int-to-ptr)
}

static bool decode(struct instruction *i, const unsigned char *at, const greg_t *registers)
{
    if (at[0] != 0xc4 || (at[1] & 0x1f) != 2 || at[2] & 0x84) return false;
    *i = (struct instruction){.prefix = at[2] & 3,
                              .opcode = at[3],
                              .vvvv = (unsigned)(~at[2] >> 3 & 15),
                              .reg = at[4] >> 3 & 7,
                              .rm = at[4] & 7,
                              .memory = at[4] >> 6 != 3,
                              .bytes = 5};
    if (i->memory) read_address(i, at, registers);
    return true;
}

static float widened(const unsigned char *at)
{
    uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 24;
    float x;

    if ((bits & 0x7f800000) == 0) bits &= 0x80000000; /* denormals count as nothing */
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The two halves of the pairs are summed apart, over the tile's depth, and then added to what there
 * was. A product of two bf16 is exact in a float, so this rounds as the fused operation does. */
static void product(unsigned sums, unsigned a, unsigned b)
{
    for (size_t m = 0; m < config.rows[sums]; m++) {
        float even[16] = {0}, odd[16] = {0}, row[16];

        for (size_t k = 0; k < config.row_bytes[a] / 4U; k++) {
            const float left = widened(tiles[a][m] + 4 * k),
                        right = widened(tiles[a][m] + 4 * k + 2);

            for (size_t n = 0; n < 16; n++) {
                even[n] += left * widened(tiles[b][k] + 4 * n);
                odd[n] += right * widened(tiles[b][k] + 4 * n + 2);
            }
        }
        memcpy(row, tiles[sums][m], sizeof row);
        for (size_t n = 0; n < 16; n++) row[n] += even[n] + odd[n];
        memcpy(tiles[sums][m], row, sizeof row);
    }
}

static void move(const struct instruction *i, bool store)
{
    const size_t bytes = config.row_bytes[i->reg];

    if (!store) memset(tiles[i->reg], 0, sizeof tiles[i->reg]);
    for (size_t r = 0; r < config.rows[i->reg]; r++) {
        if (store)
            memcpy(i->base + r * i->stride, tiles[i->reg][r], bytes);
        else
            memcpy(tiles[i->reg][r], i->base + r * i->stride, bytes);
    }
}

enum { NONE, P66, PF3, PF2 };

static bool execute_on_memory(const struct instruction *i)
{
    const unsigned key = i->opcode << 2 | i->prefix;

    if (!i->base) return false;
    if (key == (0x49 << 2 | NONE)) {
        memcpy(&config, i->base, sizeof config);
        memset(tiles, 0, sizeof tiles);
        return true;
    }
    if (i->opcode != 0x4b || i->prefix == NONE || config.palette != 1) return false;
    move(i, i->prefix == PF3);
    return true;
}

static bool execute_on_tiles(const struct instruction *i)
{
    const unsigned key = i->opcode << 2 | i->prefix;

    if (key == (0x49 << 2 | NONE) && i->reg == 0 && i->rm == 0) {
        memset(&config, 0, sizeof config);
        return true;
    }
    if (config.palette != 1) return false;
    if (key == (0x49 << 2 | PF2)) {
        memset(tiles[i->reg], 0, sizeof tiles[i->reg]);
        return true;
    }
    if (key == (0x5c << 2 | PF3) && i->vvvv < TILES) product(i->reg, i->rm, i->vvvv);
    return key == (0x5c << 2 | PF3);
}

/* Nothing but the instructions that are there, on tiles that are set up: all else is as good as an
 * instruction that no CPU has. */
static bool execute(const struct instruction *i)
{
    return i->memory ? execute_on_memory(i) : execute_on_tiles(i);
}

static void emulate(int number, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    const unsigned char *at = (const unsigned char *)(uintptr_t)registers[REG_RIP];
    struct instruction instruction;

    (void)info;
    if (decode(&instruction, at, registers) && execute(&instruction)) {
        registers[REG_RIP] += (greg_t)instruction.bytes;
        return;
    }
    signal(number, SIG_DFL); /* comes again, and ends the program */
}

bool tiles_emulate(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = emulate;
    return sigaction(SIGILL, &action, NULL) == 0;
}

void tiles_emulate_stop(void)
{
    signal(SIGILL, SIG_DFL);
}

static sigjmp_buf out;

static void jump(int number)
{
    siglongjmp(out, number);
}

bool pairs_run(void)
{
    bool ran = false;

    signal(SIGILL, jump);
    if (sigsetjmp(out, 1) == 0) {
        /* vdpbf16ps zmm16, zmm16, zmm16: once its registers are there at all */
        __asm__ volatile("vpxord %%zmm16, %%zmm16, %%zmm16\n\t"
                         ".byte 0x62, 0xa2, 0x7e, 0x40, 0x52, 0xc0" ::
                             : "memory");
        ran = true;
    }
    signal(SIGILL, SIG_DFL);
    return ran;
}
#else
bool tiles_emulate(void)
{
    return false;
}

void tiles_emulate_stop(void)
{
}

bool pairs_run(void)
{
    return false;
}
#endif

/* The instructions upon tiles. They are written out because gcc's intrinsics do not say that they
 * read and write memory. */
#ifndef LANES_TILE_AMX_H
#define LANES_TILE_AMX_H

enum {
    SIDE = 16,       /* rows of a tile, and floats in its row */
    ROW_BYTES = 64,  /* of a tile */
    TILE_DEPTH = 32, /* k of a tile */
};

#define TILE_ZERO(tile) __asm__ volatile("tilezero %%tmm" #tile ::: "memory")
#define TILE_LOAD(tile, at, stride)                                                                \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(at), "r"(stride) : "memory")
#define TILE_STREAM(tile, at, stride)                                                              \
    __asm__ volatile("tileloaddt1 (%0,%1,1), %%tmm" #tile ::"r"(at), "r"(stride) : "memory")
#define TILE_STORE(tile, at, stride)                                                               \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(at), "r"(stride) : "memory")
#define TILE_PRODUCT(sums, x, strip)                                                               \
    __asm__ volatile("tdpbf16ps %%tmm" #strip ", %%tmm" #x ", %%tmm" #sums ::: "memory")

#endif

/* What sha256.c and its kernels share. */
#ifndef CORE_SHA256_ROUNDS_H
#define CORE_SHA256_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

typedef void sha256_rounds(uint32_t state[8], const unsigned char *data, size_t blocks);

extern const uint32_t sha256_constants[64];

/* The kernel for x86 processors with SHA instructions; NULL on any other. */
sha256_rounds *sha256_rounds_x86(void);

#endif

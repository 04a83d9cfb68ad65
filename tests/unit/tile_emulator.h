/* AMX for CPUs without it: the instructions that the kernel of tiles uses, done by a handler of the
 * signal that they raise. So its very code can be tested anywhere, some thousand times slower. */
#ifndef TESTS_TILE_EMULATOR_H
#define TESTS_TILE_EMULATOR_H

#include <stdbool.h>

/* From here on for all threads. False where the CPU is of another family. */
bool tiles_emulate(void);
void tiles_emulate_stop(void);

/* Does vdpbf16ps run here, whatever CPUID says? */
bool pairs_run(void);

#endif

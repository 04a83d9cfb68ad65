/* Copies of the models in tests/golden/models, and single weights changed in them. */
#ifndef TESTS_UNIT_PATCHED_H
#define TESTS_UNIT_PATCHED_H

#include <stddef.h>
#include <stdint.h>

/* Copies a model's folder into the one of the test; returns its path. */
const char *patched_copy(const char *golden, const char *name);

/* Sets an element of two bytes in the folder's model.safetensors. */
void patched_half(const char *folder, const char *tensor, size_t element, uint16_t bits);

#endif

/* CRC-32C, Castagnoli's polynomial: the checksum of TFRecord files. */
#ifndef HASH_CRC32C_H
#define HASH_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *data, size_t len);

#endif

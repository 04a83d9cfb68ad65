/* CRC-32C against the vectors of RFC 3720, B.4, and the polynomial itself. */
#include "hash/crc32c.h"

#include "check.h"

TEST(known)
{
    unsigned char bytes[32];

    CHECK_INT(crc32c("", 0), 0);
    CHECK_INT(crc32c("123456789", 9), 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    CHECK_INT(crc32c(bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    CHECK_INT(crc32c(bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++) bytes[i] = (unsigned char)i;
    CHECK_INT(crc32c(bytes, 32), 0x46dd794e);
    for (int i = 0; i < 32; i++) bytes[i] = (unsigned char)(31 - i);
    CHECK_INT(crc32c(bytes, 32), 0x113fdb5c);
}

TEST(bit_by_bit)
{
    for (int byte = 0; byte < 256; byte++) {
        unsigned char data = (unsigned char)byte;
        uint32_t crc = UINT32_MAX ^ data;

        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
        CHECK_INT(crc32c(&data, 1), ~crc);
    }
}

int main(void)
{
    RUN(known);
    RUN(bit_by_bit);
    return check_end();
}

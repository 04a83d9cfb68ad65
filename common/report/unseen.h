/* Code points that nobody sees, but which change what is seen. */
#ifndef REPORT_UNSEEN_H
#define REPORT_UNSEEN_H

#include <stdbool.h>
#include <stdint.h>

/* They steer a terminal. */
static inline bool unseen_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* They turn the direction of text around: the Bidi_Control ones of Unicode. */
static inline bool unseen_direction(uint32_t code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

#endif

#include "core/entropy.h"

#include "core/report.h"

#include <assert.h>
#include <sys/random.h>

void entropy_fill(void *at, size_t len)
{
    assert(len <= 256); /* more than that a signal could cut */
    if (getrandom(at, len, 0) != (ssize_t)len) die("the system gives no random bytes");
}

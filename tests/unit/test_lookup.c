/* Names and what belongs to them. */
#include "hash/lookup.h"

#include "check.h"

#include <stdio.h>

TEST(few)
{
    struct lookup lookup = {0};
    const size_t *found;

    CHECK(!lookup_find(&lookup, TEXT("a")));
    CHECK(!lookup_add(&lookup, TEXT("a"), 1) && !lookup_add(&lookup, TEXT(""), 2));
    CHECK(!lookup_add(&lookup, TEXT("a\0b"), 3) && lookup.count == 3);
    found = lookup_add(&lookup, TEXT("a"), 9);
    CHECK(found && *found == 1 && lookup.count == 3);
    found = lookup_find(&lookup, TEXT(""));
    CHECK(found && *found == 2);
    found = lookup_find(&lookup, TEXT("a\0b"));
    CHECK(found && *found == 3);
    CHECK(!lookup_find(&lookup, TEXT("b")) && !lookup_find(&lookup, TEXT("A")));
    lookup_release(&lookup);
    CHECK(!lookup.slots && !lookup_find(&lookup, TEXT("a")));
}

TEST(many)
{
    static char names[10000][8];
    struct lookup lookup = {0};

    for (size_t i = 0; i < 10000; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        CHECK(!lookup_add(&lookup, text_of(names[i]), i));
    }
    CHECK(lookup.count == 10000);
    for (size_t i = 0; i < 10000; i++) {
        const size_t *found = lookup_find(&lookup, text_of(names[i]));

        CHECK(found && *found == i);
    }
    CHECK(!lookup_find(&lookup, TEXT("10000")));
    lookup_release(&lookup);
}

int main(void)
{
    RUN(few);
    RUN(many);
    return check_end();
}

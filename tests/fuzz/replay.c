/* Feeds saved inputs to a fuzz target without the fuzzer, so that any compiler and sanitizer can
 * run them: replay DIRECTORY... One test a directory; a directory without files is a failure. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool feed(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0, room = 0, got;
    bool whole;

    if (!file) return false;
    do {
        if (size == room) data = realloc(data, room = room ? 2 * room : 4096);
        if (!data) abort();
        got = fread(data + size, 1, room - size, file);
        size += got;
    } while (got > 0);
    whole = !ferror(file);
    fclose(file);
    /* A block of exactly this size lets the sanitizer see a read past its end. */
    if (size > 0) data = realloc(data, size);
    if (whole) LLVMFuzzerTestOneInput(data, size);
    free(data);
    return whole;
}

/* Returns how many inputs were fed, or -1 with a comment in the TAP. */
static int feed_all(const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort), fed = 0;

    if (count < 0) return printf("# cannot list %s\n", directory), -1;
    for (int i = 0; i < count; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        if (entries[i]->d_name[0] == '.' || fed < 0)
            ; /* hidden, or an earlier one could not be read */
        else if (feed(path))
            fed++;
        else
            fed = (printf("# cannot read %s\n", path), -1);
        free(entries[i]);
    }
    free(entries);
    return fed;
}

int main(int argc, char **argv)
{
    int failures = 0;

    printf("1..%d\n", argc > 1 ? argc - 1 : 1);
    if (argc < 2) return puts("not ok 1 - no corpus was named"), 1;
    for (int i = 1; i < argc; i++) {
        int fed;

        fflush(stdout); /* before a crash */
        fed = feed_all(argv[i]);
        if (fed < 1) failures++;
        printf("%s %d - %s: %d inputs\n", fed < 1 ? "not ok" : "ok", i, argv[i], fed < 0 ? 0 : fed);
    }
    return failures > 0;
}

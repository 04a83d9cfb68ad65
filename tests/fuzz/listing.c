/* Lists of repositories: what is taken must be names that lead nowhere else. */
#include "fuzz/fuzz.h"
#include "pull/wanted.h"

#include <string.h>

static void check_file(const struct listed *file)
{
    const char *digest = listed_digest(file);

    demand(*file->name && *file->name != '/' && *file->name != '.');
    demand(!strstr(file->name, "/.") && !strstr(file->name, "//") && !strchr(file->name, '\\'));
    demand(!strchr(file->etag, '/') && *file->etag != '.');
    demand(!digest || strlen(digest) == 64 || strlen(digest) == 40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text json = {data ? (const char *)data : "", size};
    struct listing listing;
    struct wanted wanted;
    struct err err;

    if (!listing_parse(&listing, json, "list", &err)) {
        demand(strstr(err.text, "list:") == err.text);
        return 0;
    }
    demand(strlen(listing.commit) == 40);
    for (size_t i = 0; i < listing.count; i++) {
        check_file(&listing.files[i]);
        demand(listing_find(&listing, listing.files[i].name) == &listing.files[i]);
    }
    if (wanted_model(&wanted, &listing, "org/name", &err)) demand(wanted.count > 0);
    wanted_release(&wanted);
    listing_release(&listing);
    return 0;
}

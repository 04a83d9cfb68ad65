/* The hub on this machine: repositories that are folders, served as the hub serves its own. */
#ifndef TESTS_UNIT_FAKE_HUB_H
#define TESTS_UNIT_FAKE_HUB_H

#include "unit/hostile.h"

/* The folder ROOT/ORGANISATION/NAME is the repository of that name. Large files ('.safetensors',
 * '.gguf') are kept elsewhere: they are reached by a redirect to 'localhost', which must not see a
 * token. What the hub does wrong stands in a file ROOT/ORGANISATION/NAME/.fault, as one word or
 * several:
 *
 *     names       the list has names alone            head-size   HEAD tells a wrong size
 *     gated       files are for those with access     private     nothing without the token 'good'
 *     cut         every other answer with a large file ends in its middle
 *     forget      ranges are not honoured             shift       ranges begin elsewhere
 *     flip        a bit of large files is wrong       slow        large files drip
 *     no-sha, bad-sha, bad-json, twice, bad-size, escape          a list like that
 *     revision    the revision is not known           fail        500 for all
 */
struct fake_hub {
    struct hostile hostile;
    const char *root;
};

extern const struct route fake_hub_routes[]; /* and those of hostile, under their own names */

#define FAKE_HUB_COMMIT "0123456789abcdef0123456789abcdef01234567"

#endif

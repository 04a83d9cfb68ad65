/* States of modules as they stand in a checkpoint: written, read, damaged. */
#ifndef UNIT_STATES_H
#define UNIT_STATES_H

#include <jansson.h>

/* As a file would bring it back; takes state over. */
json_t *state_reread(json_t *state);

/* With one member replaced by what the JSON text says, or removed (NULL); takes state over. */
json_t *state_with(json_t *state, const char *member, const char *value);

#endif

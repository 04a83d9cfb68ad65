/* What the tests of adapters have in common: golden files, and configs of models. */
#ifndef TESTS_UNIT_ADAPTERS_H
#define TESTS_UNIT_ADAPTERS_H

#include "model/config.h"

#include <stdbool.h>

const char *adapters_golden(const char *name); /* its path; good until the next call */

/* The config of one of the golden models; ends the program where there is none. */
struct config adapters_model(const char *name);

#endif

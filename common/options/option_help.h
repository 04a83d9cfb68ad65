/* What --help and --completion print, made from the same rows that are parsed. */
#ifndef OPTIONS_OPTION_HELP_H
#define OPTIONS_OPTION_HELP_H

#include "options/options.h"

void option_help(const struct program *program, const struct option_spec *const *rows,
                 size_t count);

/* For bash: words for the option names, file names for the rest, the choices behind their own
 * option. */
void option_completion(const char *name, const struct option_spec *const *rows, size_t count);

#endif

/* The names that configuration files of TRL, transformers and PEFT hold, and those of the recipes
 * around them: what each means to dpo-train. */
#ifndef TOOLS_TRAIN_ALIASES_H
#define TOOLS_TRAIN_ALIASES_H

#include "options/config_file.h"

extern const struct option_alias train_aliases[];

#endif

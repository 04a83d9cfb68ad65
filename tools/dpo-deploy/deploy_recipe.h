/* What the options of dpo-deploy make of a GGUF file. */
#ifndef TOOLS_DEPLOY_RECIPE_H
#define TOOLS_DEPLOY_RECIPE_H

#include "deploy/recipe.h"
#include "options/options.h"

struct deploy_options {
    const char *modelfile, *system, *template;
    struct option_list parameters;
};

/* Ends the program where something is wrong; warns where the template is not the one of
 * training. */
void deploy_recipe_make(struct recipe *recipe, const char *path,
                        const struct deploy_options *options);

/* Writes the Modelfile: to where -o says, to standard output with '-', else beside the GGUF file,
 * where it is only a warning when that is not possible; not there where a Modelfile was given. */
void deploy_recipe_write_modelfile(struct recipe *recipe, const char *output,
                                   const char *from_modelfile);

#endif

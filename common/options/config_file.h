/* The file behind --config: one option a line, as it stands in a shell's file, in YAML or in
 * Python.
 *
 *     # how the options are written here      # or as in the files of other trainers
 *     learning-rate = 5e-5                    learning_rate: 5.0e-5   # a comment
 *     prompt-format = Q: {prompt}             lora_target_modules: ["q_proj", 'v_proj']
 *
 * Behind '=' stands a text as it is, unless all of it is in quotes, or is a list of words or quoted
 * texts in brackets. Behind ':' stand YAML's values, of those that fit on one line and hold no
 * further names. None, null and ~ stand for the default. */
#ifndef OPTIONS_CONFIG_FILE_H
#define OPTIONS_CONFIG_FILE_H

#include "core/err.h"
#include "core/memory.h"

struct config_file {
    const char *path;   /* borrowed: what to call it */
    struct buffer text; /* lines are cut up in place */
    char *next;         /* the rest, or NULL */
    size_t line;        /* the number of the last one that was read */
};

/* One line. All texts point into the file's and live as long. */
struct config_item {
    char *name;
    char *value;  /* NULL: the default; of a list the first one */
    size_t count; /* of values, one behind the other, each terminated; 1 unless it is a list */
};

/* What a name of another trainer means here. Of the rows with its name and its value the first one
 * counts; without one the name is that of an option. '_' and '-' are the same. A name and a value
 * may be several with '|' between, and one '*' in each stands for any letters. 'false' asks for
 * nothing of what is passed over or refused, but where value says so. */
struct option_alias {
    const char *name;
    const char
        *value; /* in small letters, for those of any case; NULL: any; 'true' and 'false' also
                 * in other spellings; 'null': the default's words alone, which otherwise
                 * leave all as it is */
    enum {
        ALIAS_OPTION,  /* is the option */
        ALIAS_DEFAULT, /* is the option where nothing else in the file gives it */
        ALIAS_ALWAYS,  /* is the option, whatever else in the file gives it */
        ALIAS_SAME,    /* must be what the option is in the end, and is else refused */
        ALIAS_OPERAND, /* is the operand, where the command line has none */
        ALIAS_NOTE,    /* means nothing here: why is said, if there is one */
        ALIAS_REFUSED  /* would change what comes out, and is not here */
    } kind;
    const char *option; /* of the first four */
    const char *set;    /* the option's value, where it is another; NULL: the same */
    const char *why;    /* with the remedy */
    char between;       /* what a list's values are joined by; 0: a comma */
};

/* Takes text over: all of a file. Refuses bytes that are no text. */
bool config_file_begin(struct config_file *file, const char *path, struct buffer text,
                       struct err *err);
bool config_file_open(struct config_file *file, const char *path, struct err *err);

/* 1, 0 at the end, -1 with err. */
int config_file_next(struct config_file *file, struct config_item *item, struct err *err);

/* Joins the values of a list by a byte, in place. */
char *config_item_join(struct config_item *item, char between);

/* The row that counts, or NULL; NULL is no table. */
const struct option_alias *config_file_alias(const struct option_alias *aliases, const char *name,
                                             const char *value);
/* The row that says what the default's words mean behind this name, or NULL. */
const struct option_alias *config_file_null(const struct option_alias *aliases, const char *name);
bool config_name_is(const char *name, const char *other); /* but for '_' and '-' */

#endif

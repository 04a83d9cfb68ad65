#include "options/option_help.h"

#include "options/option_value.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void print_row(const struct option_spec *row)
{
    char left[160], value[64];
    char letter[8] = "     ";

    if (row->letter) snprintf(letter, sizeof letter, " -%c, ", row->letter);
    snprintf(left, sizeof left, " %s--%s%s%s", letter, row->name, row->operand ? " " : "",
             row->operand ? row->operand : "");
    option_value_default(row, value, sizeof value);
    if (strlen(left) > 30) {
        puts(left);
        left[0] = '\0';
    }
    printf("%-31s%s%s\n", left, row->help, value);
}

void option_help(const struct program *program, const struct option_spec *const *rows, size_t count)
{
    printf("usage: %s [OPTION...]%s%s\n%s.\n\n", program->name, *program->operands ? " " : "",
           program->operands, program->purpose);
    for (size_t i = 0; i < count; i++) print_row(rows[i]);
    printf("\nManual: man %s; the suite: man dpo\n", program->name);
}

void option_completion(const char *name, const struct option_spec *const *rows, size_t count)
{
    char function[64];
    size_t i = 0;

    for (; name[i] && i + 1 < sizeof function; i++)
        function[i] = isalnum((unsigned char)name[i]) ? name[i] : '_';
    function[i] = '\0';
    printf("_%s()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    case $before in\n",
           function);
    for (i = 0; i < count; i++) {
        if (rows[i]->type != OPTION_CHOICE) continue;
        printf("    --%s) mapfile -t COMPREPLY < <(compgen -W '", rows[i]->name);
        for (const char *p = rows[i]->operand; *p; p++) putchar(*p == '|' ? ' ' : *p);
        puts("' -- \"$word\"); return ;;");
    }
    puts("    esac\n    case $word in\n    -*) mapfile -t COMPREPLY < <(compgen -W '\\");
    for (i = 0; i < count; i++) printf("--%s\\\n ", rows[i]->name);
    printf("' -- \"$word\") ;;\n    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
           "    esac\n}\ncomplete -o filenames -F _%s %s\n",
           function, name);
}

#include "unit/dataset.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *line_record(const char *line, size_t length, const char **wrong)
{
    json_error_t error;
    json_t *record;

    *wrong = NULL;
    if (length < 2 || line[0] != '{' || line[length - 2] != '}' || line[length - 1] != '\n')
        *wrong = "a line is one object and a line feed";
    else if (strstr(line, "\\u"))
        *wrong = "an escaped letter";
    if (*wrong) return NULL;
    record = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (!record) *wrong = "not JSON";
    return record;
}

json_t *dataset_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    json_t *records = json_array(), *record;
    const char *wrong = file ? NULL : "cannot be opened";
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while (!wrong && (length = getline(&line, &room, file)) > 0)
        if ((record = line_record(line, (size_t)length, &wrong)))
            json_array_append_new(records, record);
    if (file) fclose(file);
    free(line);
    if (!wrong) return records;
    printf("# %s:%zu: %s\n", path, json_array_size(records) + 1, wrong);
    json_decref(records);
    return NULL;
}

json_t *dataset_document(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

    if (!document) printf("# %s:%d: %s\n", path, error.line, error.text);
    return document;
}

const char *dataset_text(const json_t *record, const char *member)
{
    const char *text = json_string_value(json_object_get(record, member));

    return text ? text : "";
}

bool dataset_has_texts(const json_t *record, const char *const *members)
{
    for (; *members; members++)
        if (!*dataset_text(record, *members)) return false;
    return true;
}

size_t dataset_letters(const char *text)
{
    size_t letters = 0;

    for (; *text; text++) letters += ((unsigned char)*text & 0xc0) != 0x80;
    return letters;
}

size_t dataset_words(const char *text)
{
    size_t words = 0;
    bool inside = false;

    for (; *text; text++) {
        bool space = isspace((unsigned char)*text);
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

double dataset_longer_share(const json_t *pairs)
{
    size_t i, longer = 0;
    json_t *pair;

    json_array_foreach(pairs, i, pair)
    {
        longer += dataset_letters(dataset_text(pair, "chosen")) >
                  dataset_letters(dataset_text(pair, "rejected"));
    }
    return (double)longer / (double)json_array_size(pairs);
}

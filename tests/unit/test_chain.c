/* dpo_metadata.json of a folded model: what was folded before stands in its chain. */
#include "run/chain.h"

#include "check.h"
#include "run/metadata.h"
#include "unit/files.h"

#include <stdlib.h>

static struct err err;
static struct buffer text;

#define LINK(method) "{\"training_method\": \"" method "\", \"steps\": 3}"

static const char *folder(const char *name, const char *json)
{
    char file[80];

    snprintf(file, sizeof file, "%s/%s", name, json ? METADATA_FILE : "other");
    files_text(file, json ? json : "");
    return files_path(name);
}

static const char *chain_of(const char *first, const char *second, const char *base)
{
    const char *const adapters[] = {first, second};

    text.len = 0;
    if (!chain_text(adapters, second ? 2 : 1, base, "the base", &text, &err)) return err.text;
    buffer_byte(&text, '\0');
    return text.at;
}

TEST(one_adapter)
{
    static const char json[] = "{\"training_method\": \"dpo\", \"x\": [1 ,2],\n \"folds\": []}\n";

    CHECK_TEXT(chain_of(folder("one", json), NULL, NULL), json);
    CHECK_TEXT(chain_of(folder("one", json), NULL, folder("base", LINK("sft"))), json);
    CHECK_TEXT(chain_of(folder("none", NULL), NULL, NULL), "");
    CHECK_TEXT(chain_of(folder("none", NULL), NULL, folder("no-base", NULL)), "");
}

TEST(of_somebody_else)
{
    CHECK_TEXT(chain_of(folder("none", NULL), NULL, folder("base", LINK("sft"))),
               "{\n  \"training_method\": null,\n  \"base_model\": {\"name\": \"the base\"},\n"
               "  \"folds\": [" LINK("sft") "]\n}\n");
}

TEST(two_adapters)
{
    const char *first = folder("first", "{\"training_method\": \"sft\", \"steps\": 3, \"folds\": "
                                        "[{\"a\": 1}]}");
    const char *last = folder("last", "{\"training_method\": \"dpo\", \"folds\": [{\"a\": 1}], "
                                      "\"b\": 2}");

    CHECK_TEXT(chain_of(first, last, NULL),
               "{\"training_method\": \"dpo\", \"folds\": [" LINK("sft") "], \"b\": 2}");
    CHECK_TEXT(chain_of(first, last, folder("origin", "{\"training_method\": \"x\"}")),
               "{\"training_method\": \"dpo\", \"folds\": [{\"training_method\": \"x\"}, " LINK(
                   "sft") "], \"b\": 2}");
    CHECK_TEXT(
        chain_of(folder("none", NULL), folder("bare", "{\"training_method\": \"dpo\"}"), NULL),
        "{\n  \"folds\": [{\"training_method\": null, \"base_model\": {\"name\": \"the "
        "base\"}}],\"training_method\": \"dpo\"}\n");
}

TEST(files_that_are_none)
{
    const char *bad = folder("bad", "[]");

    CHECK(strstr(chain_of(bad, NULL, NULL), "dpo_metadata.json: is not a JSON object"));
    CHECK(strstr(chain_of(bad, folder("none", NULL), NULL), "is not a JSON object"));
    CHECK(strstr(chain_of(folder("none", NULL), NULL, bad), "is not a JSON object"));
}

int main(void)
{
    RUN(one_adapter);
    RUN(of_somebody_else);
    RUN(two_adapters);
    RUN(files_that_are_none);
    buffer_release(&text);
    return check_end();
}

#include "deploy/smoke.h"

#include "core/clock.h"
#include "records/value.h"

#include <regex.h>
#include <string.h>

#define ANSWER_LIMIT ((size_t)1 << 20)

struct hearing {
    struct smoke *smoke;
    struct scan scan, message;
    bool done;
};

static bool compile(regex_t *regex, const char *expect, struct err *err)
{
    const int bad = regcomp(regex, expect, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    char why[128];

    if (!bad) return true;
    regerror(bad, regex, why, sizeof why);
    return err_set(err, "'%s' is not a regular expression: %s", expect, why);
}

bool smoke_check(const char *expect, struct err *err)
{
    regex_t regex;

    if (!compile(&regex, expect, err)) return false;
    regfree(&regex);
    return true;
}

static bool take_line(void *context, struct text line, struct err *err)
{
    struct hearing *hearing = context;
    const struct member *member;
    double count;

    if (!scan_json(&hearing->scan, line.at, line.len)) return err_set(err, "not a line of JSON");
    member = scan_member(&hearing->scan, "message");
    if (member && member->value.kind == KIND_OBJECT &&
        scan_json(&hearing->message, member->value.at, member->value.len)) {
        member = scan_member(&hearing->message, "content");
        if (member && member->value.kind == KIND_STRING)
            value_unescape(&member->value, &hearing->smoke->answer);
    }
    if (hearing->smoke->answer.len > ANSWER_LIMIT)
        return err_set(err, "the answer is longer than 1 MiB");
    member = scan_member(&hearing->scan, "done");
    if (!member || member->value.kind != KIND_TRUE) return true;
    hearing->done = true;
    member = scan_member(&hearing->scan, "eval_count");
    if (member && value_number(&member->value, &count) && count > 0 && count < 1e9)
        hearing->smoke->tokens = (uint64_t)count;
    return true;
}

/* Greedy, so that the same model says the same again; and unloaded afterwards, because it is loaded
 * under a name that will be gone. */
static void write_request(const struct smoke *smoke, const char *model, struct buffer *json)
{
    buffer_text(json, "{\"model\":");
    text_quote(json, text_of(model));
    buffer_text(json, ",\"messages\":[{\"role\":\"user\",\"content\":");
    text_quote(json, text_of(smoke->prompt));
    buffer_format(json,
                  "}],\"options\":{\"temperature\":0,\"seed\":42,\"num_predict\":%zu},"
                  "\"keep_alive\":0,\"stream\":true}",
                  smoke->limit);
}

static bool judge(struct smoke *smoke, struct err *err)
{
    regex_t regex;

    if (!smoke->tokens) {
        err_write(err, "the model says nothing to the smoke test");
        return true;
    }
    if (!smoke->expect) return smoke->holds = true;
    if (!compile(&regex, smoke->expect, err)) return false;
    smoke->holds = regexec(&regex, smoke->answer.at, 0, NULL, 0) == 0;
    regfree(&regex);
    if (!smoke->holds)
        err_write(err, "the answer to the smoke test does not match '%s'", smoke->expect);
    return true;
}

bool smoke_run(struct smoke *smoke, struct client *client, const char *model, struct err *err)
{
    struct hearing hearing = {.smoke = smoke};
    struct buffer json = {0};
    const double began = clock_seconds();
    bool good;

    smoke->answer.len = 0;
    smoke->tokens = 0;
    smoke->holds = false;
    write_request(smoke, model, &json);
    good = client_stream(client, "/api/chat", (struct text){json.at, json.len}, take_line, &hearing,
                         err);
    smoke->seconds = clock_seconds() - began;
    buffer_byte(&smoke->answer, '\0');
    smoke->answer.len--;
    if (good && !hearing.done) good = err_set(err, "the answer to the smoke test has no end");
    buffer_release(&json);
    scan_release(&hearing.scan);
    scan_release(&hearing.message);
    return good && judge(smoke, err);
}

void smoke_release(struct smoke *smoke)
{
    buffer_release(&smoke->answer);
}

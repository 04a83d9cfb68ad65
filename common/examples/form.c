#include "examples/form.h"

#include "records/messages.h"

const char *form_name(enum form form)
{
    static const char *const names[] = {[FORM_TEXT] = "'text'",
                                        [FORM_MESSAGES] = "'messages'",
                                        [FORM_COMPLETION] = "'prompt' and 'completion'",
                                        [FORM_PAIR] = "'prompt', 'chosen' and 'rejected'"};

    return names[form];
}

bool form_has_prompt(enum form form)
{
    return form == FORM_COMPLETION || form == FORM_PAIR;
}

/* A member that is not null, or NULL. */
static const struct value *find(const struct pair *pair, const char *key)
{
    const struct member *member = scan_member(&pair->scan, key);

    return member && member->value.kind != KIND_NULL ? &member->value : NULL;
}

static bool check_messages(struct pair *pair, const char *key, const struct value *value,
                           struct err *err)
{
    if (value->kind != KIND_ARRAY)
        return err_set(err, "'%s' is %s, not a list of messages", key, kind_name(value->kind));
    return messages_check(value, &pair->inner, &pair->message, err) || err_prefix(err, "'%s'", key);
}

static bool take_completion(struct pair *pair, const struct value *completion, struct err *err)
{
    const struct value *prompt = pair->fields[FIELD_PROMPT];

    if (!prompt) return err_set(err, "'prompt' is missing");
    if (!field_takes(FIELD_PROMPT, prompt->kind))
        return err_set(err, "'prompt' is %s, not a string or a list of messages",
                       kind_name(prompt->kind));
    if (completion->kind != prompt->kind)
        return err_set(err, "'completion' is %s, but 'prompt' is %s", kind_name(completion->kind),
                       kind_name(prompt->kind));
    pair->fields[FIELD_CHOSEN] = completion;
    return prompt->kind == KIND_STRING ||
           (check_messages(pair, "prompt", prompt, err) &&
            (messages_check_answer(completion, &pair->inner, &pair->message, err) ||
             err_prefix(err, "'completion'")));
}

static bool take_whole(struct pair *pair, const struct value *value, enum form form,
                       struct err *err)
{
    pair->fields[FIELD_PROMPT] = NULL;
    pair->fields[FIELD_CHOSEN] = value;
    if (form == FORM_MESSAGES) return check_messages(pair, "messages", value, err);
    return value->kind == KIND_STRING ||
           err_set(err, "'text' is %s, not a string", kind_name(value->kind));
}

static bool take_as(struct pair *pair, enum form form, const struct value *value, struct err *err)
{
    const struct value *system = pair->fields[FIELD_SYSTEM];

    if (system && !field_takes(FIELD_SYSTEM, system->kind))
        return err_set(err, "'system' is %s, not a string", kind_name(system->kind));
    if (form == FORM_PAIR && !pair_check(pair, err)) return false;
    pair->fields[FIELD_REJECTED] = NULL;
    if (form == FORM_PAIR) return true;
    if (form == FORM_COMPLETION) return take_completion(pair, value, err);
    return take_whole(pair, value, form, err);
}

bool form_take(struct pair *pair, enum form *form, struct err *err)
{
    static const struct {
        const char *key;
        enum form form;
    } signs[] = {{"chosen", FORM_PAIR},
                 {"completion", FORM_COMPLETION},
                 {"messages", FORM_MESSAGES},
                 {"text", FORM_TEXT}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const struct value *value = find(pair, signs[i].key);

        if (!value) continue;
        *form = signs[i].form;
        return take_as(pair, *form, value, err);
    }
    return err_set(err, "there is no 'text', no 'messages', no 'completion' and no 'chosen'");
}

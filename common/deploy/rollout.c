#include "deploy/rollout.h"

#include "place/ollama_name.h"

#include <string.h>
#include <strings.h>

/* Where the tag of a name begins, with its ':'; its end where there is none. */
static size_t tag_at(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *colon = strrchr(slash ? slash : name, ':');

    return colon ? (size_t)(colon - name) : strlen(name);
}

static char *with_tag(const char *name, const char *tag)
{
    return mem_format("%.*s:%s", (int)tag_at(name), name, tag);
}

static char *previous(const char *name)
{
    return mem_format("%s-prev", name);
}

static char *aside(const char *name)
{
    return mem_format("%s-swap", name);
}

/* What -prev means while names move. */
static char *kept(const char *name)
{
    return mem_format("%s-kept", name);
}

/* Long names have no room for what is added to them. */
static bool check_name(const char *name, struct err *err)
{
    struct ollama_name parts;

    if (strlen(name) > 400 || !ollama_name_parse(&parts, name, err))
        return err_set(err, "'%.400s' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]", name);
    return strlen(parts.tag) <= 75 || err_set(err, "the tag of '%s' is longer than 75", name);
}

static bool add_name(struct rollout *rollout, char *name, struct err *err)
{
    for (size_t i = 0; i < rollout->count; i++) {
        if (strcasecmp(rollout->names[i], name) != 0) continue;
        err_write(err, "'%s' is given twice", name);
        mem_free(name);
        return false;
    }
    rollout->names[rollout->count++] = name;
    return check_name(name, err);
}

bool rollout_open(struct rollout *rollout, struct client *client, const char *name,
                  const char *const *tags, size_t tag_count, struct err *err)
{
    const char *tag = name + tag_at(name);

    *rollout = (struct rollout){.client = client};
    rollout->names = mem_zero(tag_count + 1, sizeof *rollout->names);
    rollout->past = mem_zero(tag_count + 1, sizeof *rollout->past);
    if (!add_name(rollout, *tag ? mem_copy_text(name) : with_tag(name, "latest"), err))
        return false;
    for (size_t i = 0; i < tag_count; i++) {
        if (strpbrk(tags[i], "/:")) return err_set(err, "'%s' is not a tag", tags[i]);
        if (!add_name(rollout, with_tag(name, tags[i]), err)) return false;
    }
    return true;
}

const char *rollout_candidate(struct rollout *rollout, const char *digest)
{
    char *tag = mem_format("candidate-%.12s", digest);

    rollout->candidate = with_tag(rollout->names[0], tag);
    mem_free(tag);
    return rollout->candidate;
}

/* The digest of a name; "" where nothing has it. */
static bool look(struct client *client, const char *name, char digest[65], struct err *err)
{
    const int found = client_digest(client, name, digest, err);

    if (found == 0) digest[0] = '\0';
    return found >= 0;
}

/* A name means that digest again, which from means; "": nothing has the name. */
static bool restore(struct client *client, const char *name, const char *digest, const char *from,
                    struct err *err)
{
    char now[65];

    if (!look(client, name, now, err)) return false;
    if (strcmp(now, digest) == 0) return true;
    return *digest ? client_copy(client, from, name, err) : client_delete(client, name, err);
}

/* A move that was cut off left the old -prev behind: -prev is it again where the name has not
 * moved. */
static bool end_move(struct client *client, const char *name, struct err *err)
{
    char *before = previous(name), *third = kept(name);
    char now[65], old[65], left[65];
    bool good = look(client, third, left, err);

    if (good && *left)
        good = look(client, name, now, err) && look(client, before, old, err) &&
               (strcmp(now, old) != 0 || client_copy(client, third, before, err)) &&
               client_delete(client, third, err);
    mem_free(before);
    mem_free(third);
    return good;
}

/* The same for a way back: where the name has moved, -prev is what it meant. */
static bool end_way_back(struct client *client, const char *name, struct err *err)
{
    char *before = previous(name), *middle = aside(name);
    char now[65], old[65], left[65];
    bool good = look(client, middle, left, err);

    if (good && *left)
        good = look(client, name, now, err) && look(client, before, old, err) &&
               (strcmp(now, left) == 0 || strcmp(now, old) != 0 ||
                client_copy(client, middle, before, err)) &&
               client_delete(client, middle, err);
    mem_free(before);
    mem_free(middle);
    return good;
}

/* What a name means is kept as its -prev, unless it means the new model already; and what that
 * meant as its -kept, until all names have moved. */
static bool keep(struct rollout *rollout, size_t i, const char *digest, struct err *err)
{
    struct client *client = rollout->client;
    struct past *past = &rollout->past[i];
    const char *name = rollout->names[i];
    char *before = previous(name), *third = kept(name);
    bool good = end_move(client, name, err) && end_way_back(client, name, err) &&
                look(client, name, past->now, err) && look(client, before, past->before, err);

    past->moves = good && strcmp(past->now, digest) != 0;
    if (past->moves && *past->now)
        good = (!*past->before || client_copy(client, before, third, err)) &&
               client_copy(client, name, before, err);
    mem_free(before);
    mem_free(third);
    return good;
}

static void spare_kept(struct rollout *rollout, size_t i)
{
    struct past *past = &rollout->past[i];

    if (past->moves && *past->now && *past->before) past->spare = kept(rollout->names[i]);
}

/* Each name that moves, and its -prev, mean again what they meant. -kept stays where they do not:
 * then it is the only name of what it means. */
static bool put_back(struct rollout *rollout, size_t i, struct err *err)
{
    const char *name = rollout->names[i];
    const struct past *past = &rollout->past[i];
    char *before = previous(name), *third = kept(name);
    const bool good = !past->moves || (restore(rollout->client, name, past->now, before, err) &&
                                       restore(rollout->client, before, past->before, third, err));

    if (good) spare_kept(rollout, i);
    mem_free(before);
    mem_free(third);
    return good;
}

/* The cause of the failure stays in err. */
static void take_back(struct rollout *rollout, size_t begun, struct err *err)
{
    struct err other;
    bool good = true;

    while (begun) good = put_back(rollout, --begun, &other) && good;
    rollout->moved = 0;
    if (!good) err_write_prefix(err, "names that were moved already could not be taken back");
}

bool rollout_move(struct rollout *rollout, struct err *err)
{
    char digest[65];
    const int found = client_digest(rollout->client, rollout->candidate, digest, err);

    if (found == 0) err_write(err, "'%s' was made, and is not there", rollout->candidate);
    if (found <= 0) return false;
    for (size_t i = 0; i < rollout->count; i++) {
        if (keep(rollout, i, digest, err) &&
            (!rollout->past[i].moves ||
             client_copy(rollout->client, rollout->candidate, rollout->names[i], err))) {
            rollout->moved++;
            continue;
        }
        take_back(rollout, i + 1, err);
        return false;
    }
    for (size_t i = 0; i < rollout->count; i++) spare_kept(rollout, i);
    return true;
}

void rollout_leave_own(struct rollout *rollout)
{
    if (rollout->count == 1) return;
    mem_free(rollout->names[0]);
    memmove(rollout->names, rollout->names + 1, --rollout->count * sizeof *rollout->names);
}

/* One that was cut off has moved the name, and left what it meant as its -swap. */
static bool is_cut(const struct past *past)
{
    return *past->left && strcmp(past->now, past->left) != 0 &&
           (strcmp(past->now, past->before) == 0 || strcmp(past->left, past->before) == 0);
}

static bool look_back(struct rollout *rollout, size_t i, struct err *err)
{
    struct client *client = rollout->client;
    struct past *past = &rollout->past[i];
    const char *name = rollout->names[i];
    char *before = previous(name), *middle = aside(name);
    bool good = end_move(client, name, err) && look(client, name, past->now, err) &&
                look(client, before, past->before, err) && look(client, middle, past->left, err);

    if (good && !*past->before) good = err_set(err, "there is no '%s' to go back to", before);
    mem_free(before);
    mem_free(middle);
    return good;
}

/* Which names are to move, and what they meant at first. Where one that was cut off had moved all
 * of them, those without a -swap are done. */
static void plan_back(struct rollout *rollout)
{
    bool cut = false, ending = true;

    for (size_t i = 0; i < rollout->count; i++) {
        const struct past *past = &rollout->past[i];

        cut = cut || is_cut(past);
        if (*past->left && (!is_cut(past) || strcmp(past->left, past->before) != 0)) ending = false;
    }
    for (size_t i = 0; i < rollout->count; i++) {
        struct past *past = &rollout->past[i];

        past->moves = !cut || !ending || *past->left;
        if (!is_cut(past)) continue;
        memcpy(past->before, past->now, sizeof past->before);
        memcpy(past->now, past->left, sizeof past->now);
    }
}

enum step { SET_ASIDE, GO_BACK, KEEP, UNDO, STEPS = UNDO };

/* A name and its -prev change places over a third, step by step; a step that was done already does
 * nothing. */
static bool take_step(struct rollout *rollout, size_t i, enum step step, struct err *err)
{
    struct client *client = rollout->client;
    struct past *past = &rollout->past[i];
    const char *name = rollout->names[i];
    char *before = previous(name), *middle = aside(name);
    bool good = true;

    if (step == SET_ASIDE && *past->now) good = restore(client, middle, past->now, name, err);
    if (step == GO_BACK) good = restore(client, name, past->before, before, err);
    if (step == KEEP && *past->now) good = restore(client, before, past->now, middle, err);
    if (step == UNDO)
        good = restore(client, before, past->before, name, err) &&
               restore(client, name, past->now, middle, err);
    if (good && step >= KEEP && !past->spare) past->spare = mem_copy_text(middle);
    mem_free(before);
    mem_free(middle);
    return good;
}

static void undo_back(struct rollout *rollout, struct err *err)
{
    struct err other;
    bool good = true;

    for (size_t i = 0; i < rollout->count; i++)
        if (rollout->past[i].moves) good = take_step(rollout, i, UNDO, &other) && good;
    if (!good) err_write_prefix(err, "names that were moved already could not be taken back");
}

/* Each step is done for all names before the next one, so that what a cut leaves tells how far it
 * was. */
bool rollout_back(struct rollout *rollout, struct err *err)
{
    for (size_t i = 0; i < rollout->count; i++)
        if (!look_back(rollout, i, err)) return false;
    plan_back(rollout);
    for (enum step step = SET_ASIDE; step < STEPS; step++)
        for (size_t i = 0; i < rollout->count; i++) {
            if (!rollout->past[i].moves || take_step(rollout, i, step, err)) continue;
            undo_back(rollout, err);
            return false;
        }
    rollout->moved = rollout->count;
    return true;
}

bool rollout_clear(struct rollout *rollout, struct err *err)
{
    struct client *client = rollout->client;
    bool good = !rollout->candidate || restore(client, rollout->candidate, "", NULL, err);

    for (size_t i = 0; i < rollout->count; i++)
        if (rollout->past[i].spare)
            good = restore(client, rollout->past[i].spare, "", NULL, err) && good;
    return good;
}

void rollout_close(struct rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++) {
        mem_free(rollout->names[i]);
        mem_free(rollout->past[i].spare);
    }
    mem_free(rollout->names);
    mem_free(rollout->past);
    mem_free(rollout->candidate);
}

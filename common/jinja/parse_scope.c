/* Which names Jinja takes for the template's own, although a variable of that name is given.
 *
 * Where the first that the outermost level itself does with a name is to set it, for good and not
 * under an 'if', the name is undefined until then: also to the loops and macros that stand before
 * and read it. */
#include "jinja/parser.h"

#include <string.h>

struct scopes {
    bool *seen; /* by the number of the name: the outermost level has dealt with it */
    bool *late;
};

static void see_all(struct scopes *scopes, const struct node *node);

/* The names that an expression reads. */
static void see(struct scopes *scopes, const struct node *node)
{
    if (!node) return;
    if (node->kind == NODE_NAME) scopes->seen[node->name] = true;
    see_all(scopes, node->left);
    see_all(scopes, node->right);
    see_all(scopes, node->test);
    see_all(scopes, node->body);
    see_all(scopes, node->otherwise);
}

static void see_all(struct scopes *scopes, const struct node *node)
{
    for (; node; node = node->next) see(scopes, node);
}

/* A name that is set; certain tells that nothing may leave it out. */
static void store(struct scopes *scopes, const struct node *target, bool certain)
{
    if (target->kind == NODE_MEMBER) {
        see(scopes, target);
    } else if (target->kind == NODE_TUPLE) {
        for (const struct node *one = target->left; one; one = one->next)
            store(scopes, one, certain);
    } else {
        if (!scopes->seen[target->name]) scopes->late[target->name] = certain;
        scopes->seen[target->name] = true;
    }
}

static void walk(struct scopes *scopes, const struct node *node, bool certain)
{
    for (; node; node = node->next) {
        const struct node *branch = node;

        if (node->kind == NODE_PRINT) see(scopes, node->left);
        if (node->kind == NODE_FOR) see(scopes, node->right);
        if (node->kind == NODE_SET) see(scopes, node->right);
        if (node->kind == NODE_SET || node->kind == NODE_SET_TEXT)
            store(scopes, node->left, certain);
        if (node->kind == NODE_MACRO) store(scopes, node, certain);
        if (node->kind != NODE_IF) continue;
        for (; branch && branch->kind == NODE_IF && (branch == node || !branch->next);
             branch = branch->otherwise) {
            see(scopes, branch->test);
            walk(scopes, branch->body, false);
        }
        walk(scopes, branch, false);
    }
}

bool parse_scopes(struct parser *parser)
{
    struct syntax *tree = parser->tree;
    struct scopes scopes = {mem_zero(tree->name_count + (size_t)1, 1),
                            arena_take(&tree->arena, tree->name_count + (size_t)1)};

    tree->late = scopes.late;
    if (scopes.late) {
        memset(scopes.late, 0, tree->name_count + (size_t)1);
        walk(&scopes, tree->body, true);
    }
    mem_free(scopes.seen);
    return scopes.late || err_set(parser->err, "the template is too large");
}

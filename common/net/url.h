/* The parts of an http or https address that decide who may be asked, and who may be told a
 * secret. */
#ifndef NET_URL_H
#define NET_URL_H

#include "core/err.h"
#include "core/memory.h"

struct url {
    bool secure;      /* https */
    struct text host; /* in the text; an IPv6 address without its brackets */
    unsigned port;    /* the scheme's own where the text names none */
    struct text path; /* from its '/'; empty, or with query and all */
    bool loopback;    /* localhost, 127.0.0.0/8 or ::1: it does not leave this machine */
};

/* The parts borrow text. Names and passwords in an address are refused: they would be shown. */
bool url_parse(struct url *url, const char *text, struct err *err);

/* Scheme, host and port are the same. */
bool url_same_origin(const struct url *a, const struct url *b);

/* An address without its query, where signatures stand, to be shown. */
struct text url_shown(const char *text);

/* Appends text with all but letters, digits and '-._~' as %XX; those in keep stay, too. */
void url_encode(struct buffer *out, struct text text, const char *keep);

#endif

/* What libcurl hands to an exchange. Each returns false when the exchange is over, having filled
 * exchange->err unless there was simply enough. */
#ifndef NET_EXCHANGE_TAKE_H
#define NET_EXCHANGE_TAKE_H

#include "net/exchange.h"

bool exchange_take_field(struct exchange *exchange, const char *line, size_t len);
bool exchange_take_body(struct exchange *exchange, const char *data, size_t len);

/* At the end of a body: begin without a body, a line without an end. */
bool exchange_take_end(struct exchange *exchange);

/* The next bytes of the request's body: their count, or -1. */
long exchange_give(struct exchange *exchange, char *at, size_t room);

#endif

/* SPDX-License-Identifier: ISC */
/* Inside trace_build(): the steps, each of which reads what earlier steps made. Not for other
 * rooms. */
#ifndef PARSERS_TRACE_BUILD_H
#define PARSERS_TRACE_BUILD_H

#include "parsers/trace/trace.h"

/* Sets border, border_assumed, border_why and each hop's trust. */
void border_find(struct arena *, struct trace *, const struct trust *);
/* Which recorded results are a receiver's of ours; needs the border. */
void recorded_trust(struct trace *, const struct trust *);
/* mail_from, helo, client_ip and all candidates; needs recorded results with their trust. */
void envelope_find(struct arena *, struct trace *, const struct message *, const struct trust *);
/* The address inside a rewritten one; NULL where it is none of the known codings. *RET_CODING names
 * it. */
const char *envelope_decode(struct arena *, const char *address, const char **ret_coding);
/* Hidden and stated times, sorted. */
void clocks_find(struct arena *, struct trace *, const struct message *, struct mime *,
	const struct trust *);
/*
 * Times inside identifiers. Each sets time, precision, kind and origin; false where S has not the
 * form. Nothing outside 1985 to 2100 is taken for a time.
 */
bool clock_exim_id(struct span, struct clock *);
bool clock_postfix_id(struct span, struct clock *);
/* NEAR tells the decade, which the id leaves out. */
bool clock_sendmail_id(struct span, int64_t near, struct clock *);
bool clock_uuid(struct span, struct clock *);
/* The parts of a Message-ID before and behind the "@". */
bool clock_message_id(struct span left, struct span right, struct clock *);
bool clock_boundary(struct span, struct clock *);
/* NEAR tells which of the times that lie 49.7 days apart is meant. */
bool clock_apple_boundary(struct span, int64_t near, struct clock *);
/* A number in S that is a time by NEAR; sets where. */
bool clock_epoch(struct span, int64_t near, struct clock *);
/* When the conversation began and each answer was begun, with their places; at most MOST. Returns
 * their number, 0 where VALUE has not the form. */
size_t clock_thread_index(struct arena *, struct span value, struct clock *ret, size_t most);
/* A date of build in the program's name; sets where. */
bool clock_program(struct span name, struct clock *);
/* What the decoders end with: false where TIME is none. */
bool clock_put(struct clock *, int64_t time, double precision, const char *origin);
/* "20261110091204" in UTC. */
bool clock_civil(struct span, int64_t *);
/* Whether both names lie in one organisation, by their last labels: a hint without the public
 * suffix list. */
bool trace_same_org(const char *a, const char *b);
/* Whether one provider runs both hosts, whose domains may differ: "ppops.net" and "pphosted.com".
 */
bool provider_same(const char *a, const char *b);
/* Addresses with which a provider's own hosts talk to each other, though they are public ones. */
bool provider_inner(const struct hop *);

#endif

/* SPDX-License-Identifier: ISC */
/* ARC (RFC 8617): the sets, each seal and message signature against today's bytes, and the chain's
 * result. */
#ifndef PARSERS_ARC_ARC_H
#define PARSERS_ARC_ARC_H

#include "parsers/trace/trace.h"
#include "parsers/dkim/dkim.h"

enum { ARC_MAX_SETS = 50 }; /* RFC 8617 4.2.1 */

struct arc_part {
	const struct field *field; /* NULL where the set lacks it */
	const char *domain, *selector;
	enum result result;
	enum cause cause;
	const char *explanation;
	enum signature_state signature;
	enum body_hash_state body_hash; /* of the message signature */
	struct dkim_key key;
	int64_t signed_at;
};

struct arc_set {
	unsigned instance;
	const char *cv; /* as written, lower case, or NULL */
	struct arc_part seal, message_signature;
	const struct dkim_signature
		*message; /* the message signature in full (coverage, repair), or NULL */
	const struct recorded *recorded; /* its ARC-Authentication-Results, or NULL */
	bool trusted;                    /* --trust-sealer names its sealer, and the seal passes */
};

struct arc {
	enum result result; /* none, pass, fail */
	enum cause cause;
	const char *explanation, *clause;
	unsigned oldest_pass; /* RFC 8617 5.2 step 5; 0 where not known or all pass from 1 */
	bool has_oldest_pass;
	struct arc_set *set; /* ascending instance */
	size_t count;
	unsigned broken_after; /* the sealer after which the message changed: its instance, 0 where
				  none */
};

struct arc_options {
	struct dkim_options dkim;
	const char *const *trusted_sealer;
	size_t trusted_sealer_count;
};

const struct arc *arc_check(struct arena *, const struct message *, const struct trace *,
	struct dns_log *, struct dkim_context *, const struct arc_options *);

#endif

/* SPDX-License-Identifier: ISC */
/* Findings of the way, the envelope, the times, the Message-ID and the mail program: what these
 * files share. */
#include "parsers/findings/way.h"

const struct hop *border_hop(const struct evidence *e)
{
	return e->trace->border ? &e->trace->hop[e->trace->border - 1] : NULL;
}

bool from_outside(const struct evidence *e)
{
	const struct hop *hop = border_hop(e);

	if (!hop || !ip_public(&hop->addr) || hop->authenticated)
		return false;
	return !(e->trust && (trust_covers(e->trust, NULL, &hop->addr) ||
				     trust_covers(e->trust, hop->rdns, NULL)));
}

struct span message_id(const struct evidence *e, const struct field **ret_field)
{
	const struct field *field = message_field(e->message, NAME_MESSAGE_ID, 0);
	struct span s;

	*ret_field = field;
	if (!field)
		return SPAN_NONE;
	s = span_trim(field_unfold(e->arena, field));
	if (s.len >= 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		s = span_sub(s, 1, s.len - 1);
	return s;
}

bool is_uuid(struct span s)
{
	if (s.len < 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : hex_value(s.ptr[i]) < 0)
			return false;
	}
	return true;
}

bool handed_on(const struct findings *f)
{
	return (f->context & (CONTEXT_LIST | CONTEXT_FORWARD | CONTEXT_TRUSTED_ARC)) ||
	       message_field(f->evidence->message, NAME_LIST_ID, 0) != NULL;
}

void findings_trace(struct findings *f)
{
	if (!f->evidence->trace)
		return;
	findings_route(f);
	findings_dates(f);
	findings_msgid(f);
	findings_program(f);
	findings_envelope(f);
}

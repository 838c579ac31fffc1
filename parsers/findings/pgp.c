/* SPDX-License-Identifier: ISC */
#include "parsers/findings/pgp.h"

#include "parsers/base/encode.h"

enum { ARMOR_MAX = 1 << 16, RECIPIENTS_MAX = 8, KEY_ID = 8 };
enum { TAG_PKESK = 1, TAG_SIGNATURE = 2 };
enum { SUB_ISSUER = 16, SUB_FINGERPRINT = 33 };

/* What stands between the armor's empty line and its checksum (6.2), decoded; bytes that are no
 * armor as they are. */
static struct span dearmor(struct arena *arena, struct span s)
{
	size_t start, crlf, end;
	struct span packet;

	s = span_sub(span_trim_left(s), 0, ARMOR_MAX);
	if (!span_starts(s, "-----BEGIN PGP"))
		return s;
	start = span_find(s, SPAN("\n\n"), 0);
	crlf = span_find(s, SPAN("\r\n\r\n"), 0);
	s = span_skip(s, crlf < start ? crlf + 4 : start + 2);
	end = span_find(s, SPAN("\n="), 0);
	if (end == s.len)
		end = span_find(s, SPAN("\n-----END"), 0);
	return base64_decode(arena, span_sub(s, 0, end), &packet) ? packet : SPAN_NONE;
}

/* Takes a packet off *S (4.2): its body, its tag in *RET; false at the end or where its length is
 * not told. */
static bool next_packet(struct span *s, unsigned *ret_tag, struct span *ret)
{
	size_t head, len;
	const uint8_t *p = s->ptr;

	if (s->len < 3 || !(p[0] & 0x80))
		return false;
	if (p[0] & 0x40) {
		*ret_tag = p[0] & 63;
		head = p[1] < 192 ? 2 : p[1] < 224 ? 3 : 6;
		if (s->len < head || (p[1] >= 224 && p[1] != 255))
			return false;
		len = head == 2   ? p[1]
		      : head == 3 ? ((size_t)(p[1] - 192) << 8) + p[2] + 192
				  : (size_t)p[3] << 16 | (size_t)p[4] << 8 | p[5];
	} else {
		*ret_tag = p[0] >> 2 & 15;
		head = (p[0] & 3) == 0 ? 2 : (p[0] & 3) == 1 ? 3 : 5;
		if ((p[0] & 3) == 3 || s->len < head)
			return false;
		len = head == 2   ? p[1]
		      : head == 3 ? (size_t)p[1] << 8 | p[2]
				  : (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
	}
	*ret = span_sub(*s, head, head + len);
	*s = span_skip(*s, head + len);
	return true;
}

/* Subpackets of one area (5.2.3.7): the fingerprint, else the key ID among them. */
static const char *area_issuer(struct arena *arena, struct span area, const char *id)
{
	while (area.len > 2 && *area.ptr > 0 && *area.ptr < 192) {
		struct span sub = span_sub(area, 1, 1 + (size_t)*area.ptr);

		/* The version of the key stands before its fingerprint. */
		if (sub.len >= 22 && (sub.ptr[0] & 127) == SUB_FINGERPRINT)
			return hex_encode(arena, span_skip(sub, 2));
		if (sub.len == 1 + KEY_ID && (sub.ptr[0] & 127) == SUB_ISSUER)
			id = hex_encode(arena, span_skip(sub, 1));
		area = span_skip(area, 1 + sub.len);
	}
	return id;
}

/* 5.2.2, 5.2.3: version 3 has the key ID at a fixed place; 4 and 6 have two areas of subpackets. */
static const char *signature_issuer(struct arena *arena, struct span s)
{
	size_t wide, len;
	const char *id = NULL;

	if (s.len >= 15 && s.ptr[0] == 3)
		return hex_encode(arena, span_sub(s, 7, 7 + KEY_ID));
	if (s.len < 8 || (s.ptr[0] != 4 && s.ptr[0] != 6))
		return NULL;
	wide = s.ptr[0] == 6 ? 4 : 2;
	s = span_skip(s, 4);
	for (int area = 0; area < 2 && s.len > wide && !(id && strlen(id) > 2 * KEY_ID); area++) {
		len = (size_t)s.ptr[wide - 2] << 8 | s.ptr[wide - 1];
		id = area_issuer(arena, span_sub(s, wide, wide + len), id);
		s = span_skip(s, wide + len);
	}
	return id;
}

const char *pgp_signer(struct arena *arena, struct span s)
{
	struct span packet, rest = dearmor(arena, s);
	unsigned tag;

	while (next_packet(&rest, &tag, &packet))
		if (tag == TAG_SIGNATURE)
			return signature_issuer(arena, packet);
	return NULL;
}

const char *pgp_recipients(struct arena *arena, struct span s)
{
	struct span packet, rest = dearmor(arena, s);
	const char *list = NULL;
	unsigned tag, count = 0;

	/* 5.1.1: version 3, then the key ID; all zero hides whose it is. */
	while (count < RECIPIENTS_MAX && next_packet(&rest, &tag, &packet) && tag == TAG_PKESK) {
		if (packet.len < 1 + KEY_ID || packet.ptr[0] != 3)
			continue;
		list = arena_printf(arena, "%s%s%s", list ? list : "", list ? ", " : "",
			hex_encode(arena, span_sub(packet, 1, 1 + KEY_ID)));
		count++;
	}
	return list;
}

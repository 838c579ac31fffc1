/* SPDX-License-Identifier: ISC */
#include "parsers/trace/trace.h"

#include <arpa/inet.h>

/* IPv4-address-literal = Snum 3("." Snum), without leading zeros, which some read as octal. What
 * follows "%" is a zone. */
static bool read_four(struct span s, uint8_t bytes[static 4])
{
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t from = i ? at + 1 : 0;
		unsigned n = 0;

		if (i && (at >= s.len || s.ptr[at] != '.'))
			return false;
		for (at = from; at < s.len && at < from + 3 && is_digit(s.ptr[at]); at++)
			n = n * 10 + (s.ptr[at] - '0');
		if (at == from || n > 255 || (s.ptr[from] == '0' && at > from + 1))
			return false;
		bytes[i] = (uint8_t)n;
	}
	return at == s.len || s.ptr[at] == '%';
}

/* A colon stands behind four digits at most: names and words end here. */
static bool may_be_six(struct span s)
{
	size_t n = 0;

	while (n < s.len && n < 4 && hex_value(s.ptr[n]) >= 0)
		n++;
	return n < s.len && s.ptr[n] == ':';
}

static bool read_six(struct span s, uint8_t bytes[static 16])
{
	char text[INET6_ADDRSTRLEN];

	if (!may_be_six(s))
		return false;
	s = span_sub(s, 0, span_chr(s, '%'));
	if (s.len >= sizeof text || span_chr(s, 0) < s.len)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return inet_pton(AF_INET6, text, bytes) == 1;
}

/* ::ffff:0:0/96 (RFC 4291 2.5.5.2): the IPv4 client of a socket for both families. */
static void unmap(struct ip *ip)
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (memcmp(ip->bytes, prefix, sizeof prefix) != 0)
		return;
	memmove(ip->bytes, ip->bytes + 12, 4);
	memset(ip->bytes + 4, 0, 12);
	ip->family = 4;
}

struct ip ip_parse(struct span s)
{
	struct ip ip = {0};

	s = span_trim(s);
	if (s.len >= 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = span_sub(s, 1, s.len - 1);
	if (span_istarts(s, "IPv6:"))
		s = span_skip(s, 5);
	if (read_four(s, ip.bytes))
		ip.family = 4;
	else if (read_six(s, ip.bytes))
		ip.family = 6, unmap(&ip);
	else
		ip = (struct ip){0};
	return ip;
}

static const char *four_text(struct arena *arena, const uint8_t bytes[static 4])
{
	char text[INET_ADDRSTRLEN], *at = text;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t n = bytes[i];

		if (i)
			*at++ = '.';
		if (n >= 100)
			*at++ = (char)('0' + n / 100);
		if (n >= 10)
			*at++ = (char)('0' + n / 10 % 10);
		*at++ = (char)('0' + n % 10);
	}
	return arena_text(arena, span_make(text, (size_t)(at - text)));
}

const char *ip_text(struct arena *arena, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (!ip->family)
		return NULL;
	if (ip->family == 4)
		return four_text(arena, ip->bytes);
	if (!inet_ntop(AF_INET6, ip->bytes, text, sizeof text))
		return NULL;
	return arena_strdup(arena, text);
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family && a->family == b->family &&
	       memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

/* Whether the first BITS are the same. */
static inline bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	for (; bits >= 8; a++, b++, bits -= 8)
		if (*a != *b)
			return false;
	return bits == 0 || (*a ^ *b) >> (8 - bits) == 0;
}

bool ip_within(const struct ip *ip, const struct ip *net, unsigned bits)
{
	if (!ip->family || ip->family != net->family || bits > (ip->family == 4 ? 32U : 128U))
		return false;
	return same_bits(ip->bytes, net->bytes, bits);
}

bool ip_parse_cidr(struct span s, struct ip *ret_net, unsigned *ret_bits)
{
	size_t slash;
	uint64_t bits;

	s = span_trim(s);
	slash = span_chr(s, '/');
	*ret_net = ip_parse(span_sub(s, 0, slash));
	if (!ret_net->family)
		return false;
	*ret_bits = ret_net->family == 4 ? 32 : 128;
	if (slash == s.len)
		return true;
	if (!span_number(span_skip(s, slash + 1), *ret_bits, &bits))
		return false;
	*ret_bits = (unsigned)bits;
	return true;
}

/* Networks whose addresses do not travel between organisations (IANA special-purpose registries,
 * RFC 6890). */
static const struct {
	struct ip net;
	unsigned bits;
} inner[] = {
	{{4, {0}}, 8},           /* this network, RFC 791 */
	{{4, {10}}, 8},          /* private, RFC 1918 */
	{{4, {100, 64}}, 10},    /* shared, RFC 6598 */
	{{4, {127}}, 8},         /* loopback */
	{{4, {169, 254}}, 16},   /* link-local, RFC 3927 */
	{{4, {172, 16}}, 12},    /* private */
	{{4, {192, 168}}, 16},   /* private */
	{{4, {224}}, 3},         /* multicast, reserved, broadcast */
	{{6, {0}}, 127},         /* unspecified and loopback */
	{{6, {0xfc}}, 7},        /* unique-local, RFC 4193 */
	{{6, {0xfe, 0x80}}, 10}, /* link-local */
	{{6, {0xfe, 0xc0}}, 10}, /* site-local, RFC 3879 */
	{{6, {0xff}}, 8},        /* multicast */
};

bool ip_loopback(const struct ip *ip)
{
	static const struct ip own = {.family = 6, .bytes = {[15] = 1}};

	return (ip->family == 4 && ip->bytes[0] == 127) || ip_equal(ip, &own);
}

bool ip_public(const struct ip *ip)
{
	if (!ip->family)
		return false;
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
		if (ip->family == inner[i].net.family &&
			same_bits(ip->bytes, inner[i].net.bytes, inner[i].bits))
			return false;
	return true;
}

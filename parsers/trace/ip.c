/* SPDX-License-Identifier: ISC */
#include "parsers/trace/trace.h"

#include <arpa/inet.h>

/* dotted-quad of decimal numbers (inet_pton refuses octal, short and long forms, as we wish). */
static bool read_text(struct span s, struct ip *ret)
{
	char text[64];

	if (s.len == 0 || s.len >= sizeof text)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	if (strlen(text) != s.len)
		return false;
	memset(ret, 0, sizeof *ret);
	if (inet_pton(AF_INET, text, ret->bytes) == 1) {
		ret->family = 4;
		return true;
	}
	if (inet_pton(AF_INET6, text, ret->bytes) != 1)
		return false;
	ret->family = 6;
	return true;
}

/* ::ffff:0:0/96 (RFC 4291 2.5.5.2): the IPv4 client of a socket for both families. */
static void unmap(struct ip *ip)
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (ip->family != 6 || memcmp(ip->bytes, prefix, sizeof prefix) != 0)
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
	s = span_sub(s, 0, span_chr(s, '%'));
	if (!read_text(s, &ip))
		return (struct ip){0};
	unmap(&ip);
	return ip;
}

const char *ip_text(struct arena *arena, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (!ip->family)
		return NULL;
	if (ip->family == 4)
		return arena_printf(arena, "%u.%u.%u.%u", ip->bytes[0], ip->bytes[1], ip->bytes[2],
			ip->bytes[3]);
	if (!inet_ntop(AF_INET6, ip->bytes, text, sizeof text))
		return NULL;
	return arena_strdup(arena, text);
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family && a->family == b->family &&
	       memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

bool ip_within(const struct ip *ip, const struct ip *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (!ip->family || ip->family != net->family || bits > (ip->family == 4 ? 32U : 128U))
		return false;
	if (memcmp(ip->bytes, net->bytes, whole) != 0)
		return false;
	return rest == 0 || ((ip->bytes[whole] ^ net->bytes[whole]) >> (8 - rest)) == 0;
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
	int family;
	uint8_t bytes[16];
	unsigned bits;
} inner[] = {
	{4, {0}, 8},           /* this network, RFC 791 */
	{4, {10}, 8},          /* private, RFC 1918 */
	{4, {100, 64}, 10},    /* shared, RFC 6598 */
	{4, {127}, 8},         /* loopback */
	{4, {169, 254}, 16},   /* link-local, RFC 3927 */
	{4, {172, 16}, 12},    /* private */
	{4, {192, 168}, 16},   /* private */
	{4, {224}, 3},         /* multicast, reserved, broadcast */
	{6, {0}, 127},         /* unspecified and loopback */
	{6, {0xfc}, 7},        /* unique-local, RFC 4193 */
	{6, {0xfe, 0x80}, 10}, /* link-local */
	{6, {0xfe, 0xc0}, 10}, /* site-local, RFC 3879 */
	{6, {0xff}, 8},        /* multicast */
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
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
		struct ip net = {.family = inner[i].family};

		memcpy(net.bytes, inner[i].bytes, sizeof net.bytes);
		if (ip_within(ip, &net, inner[i].bits))
			return false;
	}
	return true;
}

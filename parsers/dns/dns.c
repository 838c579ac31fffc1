/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

static const char *const status_word[] = {"found", "nodata", "nxdomain", "failed", "not-recorded"};
static const char *const secure_word[] = {"secure", "insecure", "bogus", "unsigned", "unknown"};

/* RFC 1035 3.2.2, RFC 3596, RFC 4034, RFC 5155, RFC 6698, RFC 7208 3.1: the types that checks ask
 * for. */
static const struct {
	enum dns_type type;
	const char *word;
} types[] = {
	{DNS_A, "A"},
	{DNS_NS, "NS"},
	{DNS_CNAME, "CNAME"},
	{DNS_SOA, "SOA"},
	{DNS_PTR, "PTR"},
	{DNS_MX, "MX"},
	{DNS_TXT, "TXT"},
	{DNS_AAAA, "AAAA"},
	{DNS_DS, "DS"},
	{DNS_RRSIG, "RRSIG"},
	{DNS_NSEC, "NSEC"},
	{DNS_DNSKEY, "DNSKEY"},
	{DNS_NSEC3, "NSEC3"},
	{DNS_TLSA, "TLSA"},
	{DNS_SPF, "SPF"},
	{DNS_ANY, "ANY"},
};

const char *dns_status_word(enum dns_status status)
{
	return status_word[status];
}

struct span dns_one_txt(const struct dns_answer *answer, const char *version, size_t *ret_count)
{
	struct span found = SPAN_NONE;

	*ret_count = 0;
	for (size_t i = 0; answer->status == DNS_FOUND && i < answer->count; i++)
		if (span_starts(answer->record[i].txt, version) && (*ret_count)++ == 0)
			found = answer->record[i].txt;
	return *ret_count == 1 ? found : SPAN_NONE;
}

const char *dnssec_word(enum dnssec dnssec)
{
	return secure_word[dnssec];
}

const char *dns_type_word(enum dns_type type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == type)
			return types[i].word;
	return "TYPE";
}

enum dns_type dns_type_of(struct span word)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (span_iis(word, types[i].word))
			return types[i].type;
	return 0;
}

void dns_free(struct dns *dns)
{
	if (dns)
		dns->ops->free(dns);
}

/* SPDX-License-Identifier: ISC */
#include "parsers/findings/common.h"

#include <strings.h>

static const char *last_labels(const char *domain, unsigned count)
{
	const char *p = domain + strlen(domain);

	while (p > domain) {
		if (p[-1] == '.' && --count == 0)
			break;
		p--;
	}
	return p;
}

const char *org_of(const struct evidence *e, const char *domain)
{
	if (!domain)
		return NULL;
	return e->psl ? psl_org_domain(e->arena, e->psl, domain) : last_labels(domain, 2);
}

bool same_org(const struct evidence *e, const char *a, const char *b)
{
	if (!a || !b)
		return false;
	if (strcasecmp(a, b) == 0)
		return true;
	/* Most pairs differ in the last label: the public suffix list need not be asked. */
	if (strcasecmp(last_labels(a, 1), last_labels(b, 1)) != 0)
		return false;

	const char *x = org_of(e, a), *y = org_of(e, b);

	return x && y && strcasecmp(x, y) == 0;
}

struct span org_label(const struct evidence *e, const char *domain)
{
	struct span org = span_of(org_of(e, domain));

	return span_sub(org, 0, span_chr(org, '.'));
}

bool signature_aligned(const struct evidence *e, size_t n)
{
	if (!e->dmarc || !e->dmarc->dkim_alignment || !e->dkim || n >= e->dkim->count)
		return false;

	bool strict = e->dmarc->decides && e->dmarc->decides->dkim.strict;

	return e->dmarc->dkim_alignment[n] >= (strict ? 2 : 1);
}

bool key_compromised(const struct dkim_key *key)
{
	return key->problems & (KEY_FERMAT | KEY_SMALL_FACTOR | KEY_SHARED_PRIME | KEY_ROCA |
				       KEY_BLOCKLISTED | KEY_EXPONENT | KEY_PRIVATE);
}

bool author_passes(const struct evidence *e)
{
	if (e->dmarc && e->dmarc->decides && e->dmarc->decides->spf.passed &&
		e->dmarc->decides->spf.aligned)
		return true;
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (e->dkim->signature[i].result == RESULT_PASS && signature_aligned(e, i))
			return true;
	return false;
}

bool org_signed(const struct evidence *e, const char *domain)
{
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (e->dkim->signature[i].result == RESULT_PASS &&
			same_org(e, e->dkim->signature[i].domain, domain))
			return true;
	return false;
}

bool org_sent(const struct evidence *e, const char *domain)
{
	return e->spf && e->spf->mail_from && e->spf->mail_from->result == RESULT_PASS &&
	       same_org(e, mail_from_domain(e), domain);
}

const char *mail_from_domain(const struct evidence *e)
{
	if (!e->trace || !e->trace->mail_from.value)
		return NULL;
	return address_domain(e->arena, span_of(e->trace->mail_from.value));
}

bool is_freemail(const char *domain)
{
	static const char *const name[] = {"gmail.com", "googlemail.com", "outlook.com",
		"hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "rocketmail.com",
		"aol.com", "aim.com", "icloud.com", "me.com", "mac.com", "gmx.com", "gmx.de",
		"gmx.net", "gmx.at", "gmx.ch", "web.de", "freenet.de", "t-online.de", "mail.com",
		"email.com", "usa.com", "consultant.com", "proton.me", "protonmail.com",
		"protonmail.ch", "pm.me", "tutanota.com", "tutanota.de", "tuta.io", "tutamail.com",
		"tuta.com", "mail.ru", "inbox.ru", "list.ru", "bk.ru", "yandex.ru", "yandex.com",
		"ya.ru", "rambler.ru", "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net",
		"sina.com", "sina.cn", "sohu.com", "aliyun.com", "naver.com", "hanmail.net",
		"daum.net", "zoho.com", "zohomail.com", "zohomail.eu", "fastmail.com",
		"fastmail.fm", "hushmail.com", "mailfence.com", "posteo.de", "posteo.net",
		"mailbox.org", "seznam.cz", "email.cz", "centrum.cz", "wp.pl", "o2.pl", "onet.pl",
		"interia.pl", "libero.it", "virgilio.it", "tiscali.it", "alice.it", "orange.fr",
		"wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "uol.com.br", "bol.com.br",
		"terra.com.br", "rediffmail.com", "ukr.net", "i.ua", "abv.bg", "mynet.com",
		"comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net",
		"cox.net", "charter.net", "btinternet.com", "talktalk.net", "sky.com",
		"bigpond.com", "shaw.ca", "rogers.com", "inbox.lv", "gawab.com", "lycos.com",
		"excite.com", "yopmail.com", "mailinator.com", "guerrillamail.com", "onmail.com",
		"hey.com", "duck.com"};
	/* Providers that use their name under many countries: "hotmail.co.uk", "yahoo.fr". */
	static const char *const prefix[] = {"hotmail.", "outlook.", "live.", "yahoo.", "gmx.",
		"windowslive.", "protonmail.", "yandex."};

	if (!domain)
		return false;
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (strcasecmp(domain, name[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
		if (span_istarts(span_of(domain), prefix[i]) &&
			strlen(domain) <= strlen(prefix[i]) + 6)
			return true;
	return false;
}

bool below_border(const struct evidence *e, const struct field *field)
{
	if (!e->trace || e->trace->border == 0 || e->trace->border > e->trace->count)
		return true;

	const struct field *border = e->trace->hop[e->trace->border - 1].field;

	return !border || field->index > border->index;
}

const char *content_type_parameter(const struct evidence *e, const char *name)
{
	const struct field *field = message_field(e->message, "Content-Type", 0);

	return field ? field_parameter(e->arena, field, name) : NULL;
}

struct span header_value(const struct evidence *e, const char *name)
{
	const struct field *field = message_field(e->message, name, 0);

	return field ? span_trim(field->value) : SPAN_NONE;
}

bool header_has(const struct evidence *e, const char *name)
{
	return message_field(e->message, name, 0) != NULL;
}

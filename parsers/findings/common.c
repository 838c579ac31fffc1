/* SPDX-License-Identifier: ISC */
#include "parsers/findings/common.h"

#include <limits.h>
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
	return e->psl ? psl_org_domain(e->psl, domain) : last_labels(domain, 2);
}

enum { SAME_NAME = INT_MAX };

/* How many labels both names end in, counted up to 2; SAME_NAME where they are equal. Case ignored. */
static int shared_labels(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	int labels = 0;

	for (; m && n && ascii_lower((uint8_t)a[m - 1]) == ascii_lower((uint8_t)b[n - 1]); m--, n--)
		if (a[m - 1] == '.' && ++labels == 2)
			return strcasecmp(a, b) == 0 ? SAME_NAME : labels;
	if (!m && !n)
		return SAME_NAME;
	/* One of them is the other's end. */
	return labels + ((!m && b[n - 1] == '.') || (!n && a[m - 1] == '.'));
}

bool same_org(const struct evidence *e, const char *a, const char *b)
{
	if (!a || !b)
		return false;

	/* A name that is registered below a suffix has two labels: where two names do not share as
	 * many, and most do not, the public suffix list need not be asked. */
	int shared = shared_labels(a, b);

	if (shared < 2 || shared == SAME_NAME)
		return shared == SAME_NAME;

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

bool body_left_open(const struct dkim_signature *s)
{
	return s->body_uncovered > 0 && span_trim(s->body_tail).len > 0;
}

bool author_passes(const struct evidence *e)
{
	if (e->dmarc && e->dmarc->decides && e->dmarc->decides->spf.passed &&
		e->dmarc->decides->spf.aligned)
		return true;
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result == RESULT_PASS && signature_aligned(e, i) && !body_left_open(s) &&
			!key_compromised(&s->key))
			return true;
	}
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

/* Whether WORD is one of the COUNT sorted ones, case ignored. Most comparisons end at the first letter. */
static bool sorted_has(const char *const *sorted, size_t count, const char *word)
{
	int head = ascii_lower((uint8_t)*word);

	for (size_t low = 0; low < count;) {
		size_t mid = low + (count - low) / 2;
		int order = head - (uint8_t)*sorted[mid];

		order = order ? order : strcasecmp(word, sorted[mid]);
		if (order == 0)
			return true;
		if (order < 0)
			count = mid;
		else
			low = mid + 1;
	}
	return false;
}

bool is_freemail(const char *domain)
{
	/* Sorted. */
	static const char *const name[] = {"126.com", "163.com", "abv.bg", "aim.com", "alice.it",
		"aliyun.com", "aol.com", "att.net", "bellsouth.net", "bigpond.com", "bk.ru",
		"bol.com.br", "btinternet.com", "centrum.cz", "charter.net", "comcast.net",
		"consultant.com", "cox.net", "daum.net", "duck.com", "email.com", "email.cz",
		"excite.com", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de",
		"gawab.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
		"googlemail.com", "guerrillamail.com", "hanmail.net", "hey.com", "hotmail.com",
		"hushmail.com", "i.ua", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl",
		"laposte.net", "libero.it", "list.ru", "live.com", "lycos.com", "mac.com",
		"mail.com", "mail.ru", "mailbox.org", "mailfence.com", "mailinator.com", "me.com",
		"msn.com", "mynet.com", "naver.com", "o2.pl", "onet.pl", "onmail.com", "orange.fr",
		"outlook.com", "pm.me", "posteo.de", "posteo.net", "proton.me", "protonmail.ch",
		"protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com",
		"rogers.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn",
		"sina.com", "sky.com", "sohu.com", "t-online.de", "talktalk.net", "terra.com.br",
		"tiscali.it", "tuta.com", "tuta.io", "tutamail.com", "tutanota.com", "tutanota.de",
		"ukr.net", "uol.com.br", "usa.com", "verizon.net", "virgilio.it", "wanadoo.fr",
		"web.de", "wp.pl", "ya.ru", "yahoo.com", "yandex.com", "yandex.ru", "yeah.net",
		"ymail.com", "yopmail.com", "zoho.com", "zohomail.com", "zohomail.eu"};
	/* Providers that use their name under many countries: "hotmail.co.uk", "yahoo.fr". */
	static const char *const prefix[] = {"hotmail.", "outlook.", "live.", "yahoo.", "gmx.",
		"windowslive.", "protonmail.", "yandex."};

	if (!domain)
		return false;
	if (sorted_has(name, sizeof name / sizeof *name, domain))
		return true;
	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
		if (ascii_lower((uint8_t)*domain) == (uint8_t)*prefix[i] &&
			strncasecmp(domain, prefix[i], strlen(prefix[i])) == 0 &&
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
	const struct field *field = message_field(e->message, NAME_CONTENT_TYPE, 0);

	return field ? field_parameter(e->arena, field, name) : NULL;
}

struct span header_value(const struct evidence *e, enum field_name name)
{
	const struct field *field = message_field(e->message, name, 0);

	return field ? span_trim(field->value) : SPAN_NONE;
}

bool header_has(const struct evidence *e, enum field_name name)
{
	return message_field(e->message, name, 0) != NULL;
}

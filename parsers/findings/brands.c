/* SPDX-License-Identifier: ISC */
/* A few names that everybody knows and that are imitated for it. The analyst's own are told with
 * --protect. */
#include "parsers/findings/lookalike.h"

#include <strings.h>

#include "parsers/findings/common.h"

static const struct brand brands[] = {
	{"paypal", "paypal.com paypal.de paypal.co.uk", false},
	{"microsoft",
		"microsoft.com microsoftonline.com office.com office365.com live.com outlook.com "
		"windows.com",
		false},
	{"office 365", "microsoft.com office.com office365.com microsoftonline.com", false},
	{"office365", "microsoft.com office.com office365.com microsoftonline.com", false},
	{"onedrive", "microsoft.com live.com onedrive.com", false},
	{"sharepoint", "microsoft.com sharepoint.com sharepointonline.com", false},
	{"google", "google.com gmail.com youtube.com googlegroups.com googlemail.com", false},
	{"amazon",
		"amazon.com amazon.de amazon.co.uk amazon.fr amazon.it amazon.es amazon.co.jp "
		"amazon.in amazonses.com "
		"amazonaws.com",
		false},
	{"apple", "apple.com icloud.com", true},
	{"icloud", "apple.com icloud.com", false},
	{"facebook", "facebook.com facebookmail.com meta.com", false},
	{"instagram", "instagram.com facebook.com", false},
	{"whatsapp", "whatsapp.com whatsapp.net", false},
	{"linkedin", "linkedin.com", false},
	{"twitter", "twitter.com x.com", false},
	{"netflix", "netflix.com", false},
	{"spotify", "spotify.com", false},
	{"ebay", "ebay.com ebay.de ebay.co.uk", false},
	{"docusign", "docusign.com docusign.net", false},
	{"dropbox", "dropbox.com dropboxmail.com", false},
	{"adobe", "adobe.com", false},
	{"zoom", "zoom.us zoom.com", true},
	{"dhl", "dhl.com dhl.de deutschepost.de", false},
	{"fedex", "fedex.com", false},
	{"usps", "usps.com usps.gov", false},
	{"ups", "ups.com", true},
	{"royal mail", "royalmail.com", false},
	{"hsbc", "hsbc.com hsbc.co.uk", false},
	{"barclays", "barclays.com barclays.co.uk", false},
	{"santander", "santander.com santander.co.uk", true},
	{"wells fargo", "wellsfargo.com", false},
	{"bank of america", "bankofamerica.com", false},
	{"american express", "americanexpress.com aexp.com", false},
	{"capital one", "capitalone.com", false},
	{"citibank", "citibank.com citi.com", false},
	{"chase", "chase.com jpmorgan.com", true},
	{"mastercard", "mastercard.com", false},
	{"visa", "visa.com", true},
	{"coinbase", "coinbase.com", false},
	{"binance", "binance.com", false},
	{"metamask", "metamask.io", false},
	{"norton", "norton.com nortonlifelock.com", true},
	{"mcafee", "mcafee.com", false},
};

/* What turns an ordinary word into a sender: "Apple Support", "Chase Bank". */
static const char *const service[] = {"support", "service", "services", "security", "team",
	"account", "accounts", "alert", "alerts", "notification", "notifications", "billing",
	"help", "helpdesk", "verification", "online", "bank", "customer", "care", "id", "center",
	"centre", "admin", "update", "info", "mail", "store", "payment", "payments", "delivery",
	"parcel", "tracking", "shipping", "express", "notice", "antivirus", "anti", "virus",
	"renewal", "subscription", "rewards", "department", "office", "inc"};

static size_t next_word(struct span *rest, char *ret, size_t room)
{
	size_t i = 0, len = 0;

	while (i < rest->len && !is_alnum(rest->ptr[i]) && rest->ptr[i] < 0x80)
		i++;
	for (; i < rest->len && (is_alnum(rest->ptr[i]) || rest->ptr[i] >= 0x80); i++)
		if (len + 1 < room)
			ret[len++] = (char)ascii_lower(rest->ptr[i]);
	ret[len] = '\0';
	*rest = span_skip(*rest, i);
	return len;
}

static bool is_service(const char *word)
{
	for (size_t i = 0; i < sizeof service / sizeof *service; i++)
		if (strcmp(service[i], word) == 0)
			return true;
	return false;
}

/* The brand whose words begin at WORDS (blank-separated, lower case); *RET_LEN is what of it they
 * are. */
static const struct brand *brand_at(const char *words, size_t *ret_len)
{
	for (size_t i = 0; i < sizeof brands / sizeof *brands; i++) {
		size_t len;

		if (*brands[i].word != *words)
			continue;
		len = strlen(brands[i].word);
		if (strncmp(words, brands[i].word, len) == 0 &&
			(words[len] == ' ' || words[len] == '\0')) {
			*ret_len = len;
			return &brands[i];
		}
	}
	return NULL;
}

/* An ordinary word counts only where nothing but words of service stands beside it. */
static bool only_service(const char *words)
{
	char word[32];
	struct span rest = span_of(words);

	while (next_word(&rest, word, sizeof word))
		if (!is_service(word))
			return false;
	return true;
}

const struct brand *brand_named(const char *name)
{
	char words[256] = "", word[64];
	size_t len = 0, word_len;
	struct span rest = span_sub(span_of(name), 0, sizeof words - sizeof word);

	while ((word_len = next_word(&rest, word, sizeof word)) &&
		len + word_len + 2 < sizeof words) {
		if (len)
			words[len++] = ' ';
		memcpy(words + len, word, word_len + 1);
		len += word_len;
	}
	for (const char *p = words; p && *p; p = strchr(p, ' '), p = p ? p + 1 : NULL) {
		size_t brand_len;
		const struct brand *brand = brand_at(p, &brand_len);

		if (brand && (!brand->alone || (p == words && only_service(p + brand_len))))
			return brand;
	}
	return NULL;
}

static bool owns(const struct brand *brand, const char *org)
{
	struct span rest = span_of(brand->domains);
	char label[32];
	size_t len = 0;

	while (rest.len) {
		size_t end = span_chr(rest, ' ');

		if (span_iis(span_sub(rest, 0, end), org))
			return true;
		rest = span_skip(rest, end + 1);
	}
	/* The same name under a country's suffix: no imitation that a list of this size could tell.
	 */
	for (const char *p = brand->word; *p && len + 1 < sizeof label; p++)
		if (*p != ' ')
			label[len++] = *p;
	label[len] = '\0';
	return span_iis(span_sub(span_of(org), 0, span_chr(span_of(org), '.')), label);
}

bool brand_owns(const struct evidence *e, const struct brand *brand, const char *domain)
{
	const char *org = org_of(e, domain);

	return org && owns(brand, org);
}

const char *brand_imitated(const struct evidence *e, const char *domain, enum likeness *ret)
{
	struct look look = look_of(e, domain);

	for (size_t i = 0; look.label && i < sizeof brands / sizeof *brands; i++) {
		struct span first, own;
		char label[32];
		size_t len; /* of a domain of two labels */
		enum likeness likeness;

		if (look_differs(&look, brands[i].domains))
			continue;
		first = span_of(brands[i].domains);
		own = span_sub(first, 0, span_chr(first, ' '));
		len = span_chr(own, '.');
		if (len >= sizeof label)
			continue;
		memcpy(label, own.ptr, len);
		label[len] = '\0';
		likeness = look_like(e, &look, label);
		/* Short names lie a letter apart by chance: PayPay is no PayPal. */
		if ((likeness == LIKE_SIGHT || (likeness == LIKE_EDIT && len >= 8)) &&
			!owns(&brands[i], look.org)) {
			*ret = likeness;
			return arena_text(e->arena, own);
		}
	}
	return NULL;
}

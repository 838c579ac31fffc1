/* SPDX-License-Identifier: ISC */
/* A few names that everybody knows and that are imitated for it. The analyst's own are told with
 * --protect. */
#include "parsers/findings/lookalike.h"

#include <assert.h>
#include <pthread.h>
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

/*
 * What is asked of each brand, and which ones begin with a letter: of some forty, one or none is compared with a name.
 * Made once for all, and the same for every message.
 */
enum { BRANDS = sizeof brands / sizeof *brands, LETTERS = 256, NAME_MOST = 32 };
static_assert(BRANDS <= 64, "a set of brands is a word");

static struct {
	char own[NAME_MOST];                     /* the first of its domains */
	char label[NAME_MOST], folded[NAME_MOST]; /* of that one, for look-alikes */
	size_t label_len, word_len;
} known[BRANDS];
static uint64_t by_word[LETTERS], by_label[LETTERS], by_folded[LETTERS]; /* bit N is brand N */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void learn_brands(void)
{
	for (size_t i = 0; i < BRANDS; i++) {
		size_t own = strcspn(brands[i].domains, " ");
		size_t label = strcspn(brands[i].domains, ".");

		known[i].word_len = strlen(brands[i].word);
		by_word[(uint8_t)*brands[i].word] |= UINT64_C(1) << i;
		if (own >= NAME_MOST)
			continue;
		memcpy(known[i].own, brands[i].domains, own);
		memcpy(known[i].label, brands[i].domains, label);
		known[i].label_len = label;
		look_fold(known[i].label, known[i].folded);
		by_label[(uint8_t)*known[i].label] |= UINT64_C(1) << i;
		by_folded[(uint8_t)*known[i].folded] |= UINT64_C(1) << i;
	}
}

/* Takes the lowest number out of a set that has one. */
static size_t next_of(uint64_t *set)
{
	size_t i = (size_t)__builtin_ctzll(*set);

	*set &= *set - 1;
	return i;
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
	for (uint64_t set = by_word[(uint8_t)*words]; set;) {
		size_t i = next_of(&set), len = known[i].word_len;

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

	pthread_once(&once, learn_brands);
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

const char *brand_imitated(const struct look *look, enum likeness *ret)
{
	uint64_t set;

	if (!look->label)
		return NULL;
	pthread_once(&once, learn_brands);
	for (set = by_label[(uint8_t)*look->label] | by_folded[(uint8_t)*look->folded]; set;) {
		size_t i = next_of(&set);
		enum likeness likeness = labels_like(
			look->label, look->folded, known[i].label, known[i].folded);

		/* Short names lie a letter apart by chance: PayPay is no PayPal. */
		if ((likeness == LIKE_SIGHT || (likeness == LIKE_EDIT && known[i].label_len >= 8)) &&
			!owns(&brands[i], look->org)) {
			*ret = likeness;
			return known[i].own;
		}
	}
	return NULL;
}

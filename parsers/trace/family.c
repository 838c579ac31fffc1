/* SPDX-License-Identifier: ISC */
/* Which server wrote a Received field, by the marks that it leaves, and which provider runs it, by
 * its name. */
#include <stdlib.h>
#include <strings.h>

#include "parsers/trace/build.h"
#include "parsers/trace/received.h"

/* A word of a comment (in any place) that names the program. */
static const struct {
	const char *mark, *family;
} mark[] = {
	{"Postfix", "Postfix"},
	{"Exim", "Exim"},
	{"qmail", "qmail"},
	{"qp", "qmail"},
	{"qpsmtpd", "qpsmtpd"},
	{"qmail-ldap", "qmail"},
	{"Haraka", "Haraka"},
	{"OpenSMTPD", "OpenSMTPD"},
	{"PowerMTA", "PowerMTA"},
	{"ecelerity", "Momentum"},
	{"Cyrus", "Cyrus"},
	{"Dovecot", "Dovecot"},
	{"CommuniGate", "CommuniGate"},
	{"Stalker", "CommuniGate"},
	{"Domino", "Domino"},
	{"Lotus", "Domino"},
	{"MDaemon", "MDaemon"},
	{"hMailServer", "hMailServer"},
	{"MailEnable", "MailEnable"},
	{"Kerio", "Kerio"},
	{"IceWarp", "IceWarp"},
	{"Merak", "IceWarp"},
	{"Stalwart", "Stalwart"},
	{"chasquid", "chasquid"},
	{"ZoneMTA", "ZoneMTA"},
	{"DragonFly", "DragonFly"},
	{"sSMTP", "sSMTP"},
	{"fetchmail", "fetchmail"},
	{"Coremail", "Coremail"},
	{"NewEsmtp", "QQ"},
	{"PPS", "Proofpoint"},
	{"Nemesis", "Nemesis"},
	{"MEProxy", "Fastmail"},
	{"LMTPProxy", "Fastmail"},
	{"SG", "SendGrid"},
	{"Mercury", "Mercury"},
	{"InterMail", "InterMail"},
	{"SquirrelMail", "SquirrelMail"},
	{"Horde", "Horde"},
	{"amavisd-new", "amavis"},
	{"amavis", "amavis"},
	{"smtp/Yandex", "Yandex"},
	{"nwsmtp", "Yandex"},
	{"eXpurgate", "eXpurgate"},
	{"KnoxPortal", "Samsung"},
	{"Oracle", "Oracle"},
	{"iPlanet", "Oracle"},
	{"Sun", "Oracle"},
	{"Netscape", "Netscape"},
	{"IdeaSmtpServer", "IdeaSmtpServer"},
	{"trex", "MailChannels"},
	{"RZmta", "Strato"},
	{"Mailchimp", "Mailchimp"},
	{"Totemo", "Totemo"},
	{"Scalix", "Scalix"},
	{"SecurityGateway", "MDaemon"},
	{"EMWAC", "EMWAC"},
	{"Smail", "Smail"},
	{"SMTPD32", "IMail"},
	{"Smail3", "Smail"},
	{"MailMarshal", "MailMarshal"},
	{"Clearswift", "MIMEsweeper"},
	{"SurgeMail", "SurgeMail"},
	{"SmarterMail", "SmarterMail"},
	{"XMail", "XMail"},
	{"James", "James"},
	{"Sophos", "Sophos"},
	{"Barracuda", "Barracuda"},
	{"MailGate", "MailGate"},
	{"ArGoSoft", "ArGoSoft"},
	{"Hermes", "Yahoo"},
	{"Halon", "Halon"},
	{"KumoMTA", "KumoMTA"},
	{"Axigen", "Axigen"},
	{"SMTPD-", "IMail"},
	{"Sentrion-MTA", "Sendmail"},
	{"LISTSERV-TCP/IP", "LISTSERV"},
	{"LSMTP", "LSMTP"},
	{"PMDF", "PMDF"},
	{"Post.Office", "Post.Office"},
	{"SMTPRS", "SMTPRS"},
	{"SimpleEmailService", "Amazon"},
	{"Sendmail", "Sendmail"},
	{"Farcaster", "Amazon"},
	{"bulk_mailer", "bulk_mailer"},
	{"indimail-mta", "qmail"},
};

/* Who runs the server, by what its "by" name is or ends with behind a dot: two labels at most.
 * Sorted.
 */
static const struct host {
	const char *name, *family, *provider;
} host[] = {
	{"aliyun-inc.com", "Alibaba", "Alibaba"},
	{"amazonaws.com", NULL, "Amazon SES"},
	{"amazonses.com", NULL, "Amazon SES"},
	{"antispamcloud.com", NULL, "SpamExperts"},
	{"apple.com", NULL, "iCloud"},
	{"barracudanetworks.com", "Barracuda", "Barracuda"},
	{"cudaops.com", "Barracuda", "Barracuda"},
	{"emailsrvr.com", NULL, "Rackspace"},
	{"exacttarget.com", NULL, "Salesforce"},
	{"exchangelabs.com", "Exchange", "Microsoft 365"},
	{"fastmail.com", NULL, "Fastmail"},
	{"gmail.com", "Gmail", "Gmail"},
	{"gmx.com", "Nemesis", "GMX"},
	{"gmx.net", "Nemesis", "GMX"},
	{"google.com", "Gmail", "Gmail"},
	{"googlemail.com", "Gmail", "Gmail"},
	{"groups.io", NULL, "groups.io"},
	{"hostedemail.com", NULL, "OpenSRS"},
	{"hotmail.com", "Exchange", "Outlook.com"},
	{"icloud.com", NULL, "iCloud"},
	{"iphmx.com", "IronPort", "Cisco"},
	{"kernel.org", NULL, NULL},
	{"kundenserver.de", "Nemesis", "IONOS"},
	{"mail.ru", NULL, "Mail.ru"},
	{"mailchannels.net", NULL, "MailChannels"},
	{"mailgun.net", NULL, "Mailgun"},
	{"mailgun.org", NULL, "Mailgun"},
	{"mandrillapp.com", NULL, "Mandrill"},
	{"mcsv.net", NULL, "Mailchimp"},
	{"me.com", NULL, "iCloud"},
	{"messagelabs.com", "MessageLabs", "Symantec Email Security.cloud"},
	{"messagingengine.com", NULL, "Fastmail"},
	{"mimecast.com", "Mimecast", "Mimecast"},
	{"mtasv.net", NULL, "Postmark"},
	{"my.com", NULL, "Mail.ru"},
	{"office365.com", "Exchange", "Microsoft 365"},
	{"outlook.com", "Exchange", "Microsoft 365"},
	{"ovh.net", NULL, "OVH"},
	{"postmarkapp.com", NULL, "Postmark"},
	{"ppe-hosted.com", NULL, "Proofpoint"},
	{"pphosted.com", "Proofpoint", "Proofpoint"},
	{"ppops.net", "Proofpoint", "Proofpoint"},
	{"protonmail.ch", NULL, "Proton"},
	{"qq.com", "QQ", "QQ"},
	{"rsgsv.net", NULL, "Mailchimp"},
	{"salesforce.com", "Momentum", "Salesforce"},
	{"secureserver.net", NULL, "GoDaddy"},
	{"sendgrid.net", "SendGrid", "SendGrid"},
	{"sparkpost", "Momentum", "SparkPost"},
	{"sparkpostmail.com", "Momentum", "SparkPost"},
	{"strato.de", NULL, "Strato"},
	{"symcld.net", "MessageLabs", "Symantec Email Security.cloud"},
	{"web.de", "Nemesis", "Web.de"},
	{"yahoo.com", "Yahoo", "Yahoo"},
	{"yahoodns.net", "Yahoo", "Yahoo"},
	{"yandex.net", "Yandex", "Yandex"},
	{"yandex.ru", "Yandex", "Yandex"},
	{"zoho.com", NULL, "Zoho"},
	{"zohomail.com", NULL, "Zoho"},
};

/* By how the "by" name begins: names that mean something only inside the provider's network. */
static const struct {
	const char *prefix, *family, *provider;
} inner_host[] = {
	{"geopod-ismtpd-", "SendGrid", "SendGrid"},
	{"filterdrecv-", "SendGrid", "SendGrid"},
	{"hermes--", "Yahoo", "Yahoo"},
	{"3c-app-gmx-", NULL, "GMX"},
	{"3c-app-webde-", NULL, "Web.de"},
	{"3c-app-mailcom-", NULL, "mail.com"},
};

/* Programs that only their provider runs. */
static const struct {
	const char *family, *provider;
} own_program[] = {
	{"Fastmail", "Fastmail"},
	{"SendGrid", "SendGrid"},
	{"Yahoo", "Yahoo"},
	{"Amazon", "Amazon"},
	{"MailChannels", "MailChannels"},
	{"Strato", "Strato"},
};

static bool is_mark(const char *name, struct span word)
{
	size_t len = strlen(name);

	if (span_iis(word, name))
		return true;
	if (!strchr(name, '/'))
		word = span_sub(word, 0, span_chr(word, '/'));
	return span_iis(word, name) ||
	       (len > 3 && span_istarts(word, name) && !is_alpha(word.ptr[len]));
}

static const char *family_of_word(struct span word)
{
	if (!word.len || span_chr(word, '@') < word.len)
		return NULL; /* somebody's address */
	for (size_t m = 0; m < sizeof mark / sizeof *mark; m++)
		if (ascii_lower((uint8_t)*mark[m].mark) == ascii_lower(*word.ptr) &&
			is_mark(mark[m].mark, word))
			return mark[m].family;
	return NULL;
}

/* "name [192.0.2.1]" is a host, whatever its name. */
static bool is_host(struct span s)
{
	size_t bracket = span_chr(s, '[');

	return bracket < s.len && bracket <= span_chr(s, ' ') + 1;
}

static const char *by_comment(const struct hop *hop)
{
	for (size_t i = 0; i < hop->comment_count && i < 32; i++) {
		struct span s = span_sub(span_trim(hop->comment[i]), 0, 256);
		const char *family = NULL;

		if (is_host(s))
			continue;
		for (size_t from = 0, to = 0; from < s.len && !family; from = ++to) {
			while (to < s.len && !is_space(s.ptr[to]) && s.ptr[to] != '(')
				to++;
			family = family_of_word(span_sub(s, from, to));
		}
		if (family)
			return family;
	}
	return NULL;
}

/* "(8.14.7/8.14.7/Submit)", "(8.13.8+Sun/8.13.8)", "(5.65/1.37)", "(SMI-8.6/SMI-4.1)", "(V8/cf)":
 * the versions of Sendmail's program and configuration. */
static bool is_sendmail(const struct hop *hop)
{
	static const char *const start[] = {"8.", "5.", "4.", "SGI-8.", "SMI-", "V8/"};

	for (size_t i = 0; i < hop->comment_count; i++) {
		struct span s = span_trim(hop->comment[i]);

		for (size_t k = 0; k < sizeof start / sizeof *start; k++)
			if (span_istarts(s, start[k]) && span_chr(s, '/') < s.len)
				return true;
	}
	return false;
}

/* How what stands after "with" begins. */
static const struct {
	const char *start, *family;
} protocol[] = {
	{"Microsoft SMTPSVC", "IIS SMTP"},
	{"Microsoft", "Exchange"},
	{"mapi", "Exchange"},
	{"ShadowRedundancy", "Exchange"},
	{"Internet Mail Service", "Exchange"},
	{"Exclaimer", "Exclaimer"},
	{"ESMTP/TLS/", "IronPort"},
	{"QMQP", "qmail"},
	{"MailEnable", "MailEnable"},
	{"MailMarshal", "MailMarshal"},
	{"Trustwave SEG", "MailMarshal"},
	{"NoSpamProxy", "NoSpamProxy"},
	{"Novell_GroupWise", "GroupWise"},
	{"[XMail", "XMail"},
	{"qmail-scanner", "qmail"},
};

/* Words that no other server's line has, anywhere in it. */
static const struct {
	const char *text, *family;
} phrase[] = {
	{"Microsoft Exchange Internet Mail", "Exchange"},
	{"Microsoft Exchange Server Internet Mail", "Exchange"},
	{"rhost-flags-", "ZMailer"},
	{"(ORCPT <rfc822;", "ZMailer"},
	{" running ExIM ", "Exim"},
	{"(Spam Firewall)", "Barracuda"},
	{"(Spam & Virus Firewall)", "Barracuda"},
	{"(Symantec Messaging Gateway)", "Symantec"},
};

static const char *by_words(const struct hop *hop, struct span value)
{
	for (size_t i = 0; i < sizeof protocol / sizeof *protocol; i++)
		if (span_istarts(span_of(hop->with), protocol[i].start))
			return protocol[i].family;
	for (size_t i = 0; i < sizeof phrase / sizeof *phrase; i++)
		if (span_ifind(value, span_of(phrase[i].text), 0) < value.len)
			return phrase[i].family;
	return NULL;
}

static int compare_host(const void *name, const void *row)
{
	const char *x = name, *y = ((const struct host *)row)->name;
	int first = ascii_lower((uint8_t)*x) - *y;

	return first ? first : strcasecmp(x, y);
}

static void recognise(struct hop *hop, const char *family, const char *provider)
{
	if (!hop->provider)
		hop->provider = provider;
	if (!hop->family)
		hop->family = family;
}

/* The last two labels; no row has more. */
static const char *last_labels(const char *name)
{
	const char *p = name + strlen(name);

	for (unsigned dots = 0; p > name; p--)
		if (p[-1] == '.' && ++dots == 2)
			break;
	return p;
}

/* The row of NAME or of what it ends with behind a dot, or NULL. */
static const struct host *host_row(const char *name)
{
	const struct host *row = NULL;

	for (name = name ? last_labels(name) : NULL; name && !row; name = name ? name + 1 : NULL) {
		row = bsearch(name, host, sizeof host / sizeof *host, sizeof *host, compare_host);
		name = strchr(name, '.');
	}
	return row;
}

bool provider_same(const char *a, const char *b)
{
	const struct host *x = host_row(a), *y = x && x->provider ? host_row(b) : NULL;

	return y && y->provider && strcmp(x->provider, y->provider) == 0;
}

static void by_host(struct hop *hop, struct span by)
{
	const struct host *row = host_row(hop->by);

	if (row) {
		recognise(hop, row->family, row->provider);
		return;
	}
	for (size_t i = 0; by.len && i < sizeof inner_host / sizeof *inner_host; i++)
		if (span_istarts(by, inner_host[i].prefix))
			recognise(hop, inner_host[i].family, inner_host[i].provider);
}

static bool california(struct span value)
{
	value = span_trim(value);
	return span_iends(value, "(PST)") || span_iends(value, "(PDT)");
}

/*
 * Hosts that call themselves by an address. Google's inner lines are by 10/8, in newer ones as 6to4
 * (2002:a00::/24), with a California time; Yahoo's front doors are by 10/8 with "SMTPs".
 */
static void by_address(struct hop *hop, struct span value)
{
	struct ip by = ip_parse(span_of(hop->by));

	if (by.family == 6 && by.bytes[0] == 0x20 && by.bytes[1] == 0x02 && by.bytes[2] == 10)
		recognise(hop, "Gmail", "Gmail");
	else if (by.family != 4 || by.bytes[0] != 10 || !hop->with)
		return;
	else if (strcmp(hop->with, "SMTPs") == 0)
		recognise(hop, "Yahoo", "Yahoo");
	else if (!hop->name && california(value) &&
		 (strcmp(hop->with, "SMTP") == 0 || strcmp(hop->with, "HTTP") == 0))
		recognise(hop, "Gmail", "Gmail");
}

void received_family(struct hop *hop, struct span value)
{
	struct span head = span_sub(value, 0, 4096);

	hop->family = by_comment(hop);
	if (!hop->family && is_sendmail(hop))
		hop->family = "Sendmail";
	if (!hop->family)
		hop->family = by_words(hop, head);
	by_host(hop, span_of(hop->by));
	by_address(hop, value);
	if (!hop->family && hop->addr.family && span_ifind(head, SPAN("(HELO "), 0) < head.len)
		hop->family = "qmail";
	for (size_t i = 0;
		hop->family && !hop->provider && i < sizeof own_program / sizeof *own_program; i++)
		if (*hop->family == *own_program[i].family &&
			strcmp(hop->family, own_program[i].family) == 0)
			hop->provider = own_program[i].provider;
}

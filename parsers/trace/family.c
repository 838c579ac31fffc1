/* SPDX-License-Identifier: ISC */
/* Which server wrote a Received field, by the marks that it leaves, and which provider runs it, by
 * its name. */
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
	{"Lotus", "Domino"},
	{"HCL", "Domino"},
	{"IBM", "Domino"},
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
};

/* By the "by" name's end: who runs the server. */
static const struct {
	const char *suffix, *family, *provider;
} host[] = {
	{".google.com", "Gmail", "Gmail"},
	{".googlemail.com", "Gmail", "Gmail"},
	{".outlook.com", "Exchange", "Microsoft 365"},
	{".office365.com", "Exchange", "Microsoft 365"},
	{".exchangelabs.com", "Exchange", "Microsoft 365"},
	{".hotmail.com", "Exchange", "Outlook.com"},
	{".amazonses.com", NULL, "Amazon SES"},
	{".amazonaws.com", NULL, "Amazon SES"},
	{".yahoo.com", "Yahoo", "Yahoo"},
	{".yahoodns.net", "Yahoo", "Yahoo"},
	{".pphosted.com", "Proofpoint", "Proofpoint"},
	{".ppe-hosted.com", NULL, "Proofpoint"},
	{".mimecast.com", "Mimecast", "Mimecast"},
	{".barracudanetworks.com", "Barracuda", "Barracuda"},
	{".icloud.com", NULL, "iCloud"},
	{".me.com", NULL, "iCloud"},
	{".apple.com", NULL, "iCloud"},
	{".messagingengine.com", NULL, "Fastmail"},
	{".fastmail.com", NULL, "Fastmail"},
	{".sendgrid.net", "SendGrid", "SendGrid"},
	{".mailgun.org", NULL, "Mailgun"},
	{".mailgun.net", NULL, "Mailgun"},
	{".sparkpostmail.com", "Momentum", "SparkPost"},
	{".mcsv.net", NULL, "Mailchimp"},
	{".rsgsv.net", NULL, "Mailchimp"},
	{".mandrillapp.com", NULL, "Mandrill"},
	{".messagelabs.com", "MessageLabs", "Symantec Email Security.cloud"},
	{".symcld.net", "MessageLabs", "Symantec Email Security.cloud"},
	{".yandex.net", "Yandex", "Yandex"},
	{".yandex.ru", "Yandex", "Yandex"},
	{".mail.ru", NULL, "Mail.ru"},
	{".qq.com", "QQ", "QQ"},
	{".gmx.net", "Nemesis", "GMX"},
	{".gmx.com", "Nemesis", "GMX"},
	{".web.de", "Nemesis", "Web.de"},
	{".kundenserver.de", "Nemesis", "IONOS"},
	{".strato.de", NULL, "Strato"},
	{".secureserver.net", NULL, "GoDaddy"},
	{".ovh.net", NULL, "OVH"},
	{".zoho.com", NULL, "Zoho"},
	{".protonmail.ch", NULL, "Proton"},
	{".salesforce.com", "Momentum", "Salesforce"},
	{".exacttarget.com", NULL, "Salesforce"},
	{".postmarkapp.com", NULL, "Postmark"},
	{".mtasv.net", NULL, "Postmark"},
	{".kernel.org", NULL, NULL},
	{".iphmx.com", "IronPort", "Cisco"},
	{".emailsrvr.com", NULL, "Rackspace"},
	{".groups.io", NULL, "groups.io"},
};

static const char *by_comment(const struct hop *hop)
{
	for (size_t i = 0; i < hop->comment_count && i < 32; i++) {
		struct span s = span_trim(hop->comment[i]);
		size_t end = span_chr(s, '[') < s.len ? s.len : 0; /* a host's name and address */

		while (end < s.len && end < 256) {
			size_t from = end;

			while (end < s.len && !is_space(s.ptr[end]) && s.ptr[end] != '(' &&
				s.ptr[end] != '/')
				end++;
			for (size_t m = 0; m < sizeof mark / sizeof *mark; m++) {
				size_t len = strlen(mark[m].mark);
				struct span word = span_sub(
					s, from, strchr(mark[m].mark, '/') ? from + len : end);

				if (span_iis(word, mark[m].mark) ||
					(len > 3 && span_istarts(word, mark[m].mark) &&
						!is_alpha(word.ptr[len])))
					return mark[m].family;
			}
			end++;
		}
	}
	return NULL;
}

/* "(8.14.7/8.14.7/Submit)", "(8.11.6/8.11.6)", "(V8/cf)": Sendmail's program and configuration
 * versions. */
static bool is_sendmail(const struct hop *hop)
{
	for (size_t i = 0; i < hop->comment_count; i++) {
		struct span s = span_trim(hop->comment[i]);

		size_t slash = span_chr(s, '/');

		if (slash < s.len && slash > 2 &&
			(span_istarts(s, "8.") || span_istarts(s, "SGI-8.") ||
				span_istarts(s, "5.")) &&
			is_digit(s.ptr[slash - 1]))
			return true;
		if (span_starts(s, "V8/"))
			return true;
	}
	return false;
}

static const char *by_with(const struct hop *hop, struct span value)
{
	struct span with = span_of(hop->with);

	if (span_istarts(with, "Microsoft SMTPSVC"))
		return "IIS SMTP";
	if (span_istarts(with, "Microsoft") || span_iis(with, "mapi") ||
		span_iis(with, "ShadowRedundancy"))
		return "Exchange";
	if (span_istarts(with, "Exclaimer"))
		return "Exclaimer";
	if (span_istarts(with, "ESMTP/TLS/"))
		return "IronPort";
	if (span_istarts(with, "QMQP"))
		return "qmail";
	if (span_ifind(value, SPAN("Microsoft Exchange Internet Mail"), 0) < value.len)
		return "Exchange";
	if (span_ifind(value, SPAN("rhost-flags-"), 0) < value.len)
		return "ZMailer";
	if (span_ifind(value, SPAN("(HELO "), 0) < value.len && hop->addr.family)
		return "qmail";
	return NULL;
}

static bool suffix_of(struct span name, const char *suffix)
{
	return span_iends(name, suffix) || span_iis(name, suffix + 1);
}

void received_family(struct hop *hop, struct span value)
{
	struct span by = span_of(hop->by);

	hop->family = by_comment(hop);
	if (!hop->family && is_sendmail(hop))
		hop->family = "Sendmail";
	if (!hop->family)
		hop->family = by_with(hop, span_sub(value, 0, 4096));
	for (size_t i = 0; i < sizeof host / sizeof *host; i++) {
		if (!by.len || !suffix_of(by, host[i].suffix))
			continue;
		hop->provider = host[i].provider;
		if (!hop->family)
			hop->family = host[i].family;
		break;
	}
	if (!hop->provider && hop->family &&
		(!strcmp(hop->family, "Fastmail") || !strcmp(hop->family, "SendGrid")))
		hop->provider = hop->family;
}

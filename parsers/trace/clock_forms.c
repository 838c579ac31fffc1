/* SPDX-License-Identifier: ISC */
/* Times inside identifiers: each decoder says where its form is written down. A form without proof
 * has no place here. */
#include "parsers/base/encode.h"
#include "parsers/trace/build.h"

#define FILETIME_EPOCH 11644473600LL  /* seconds from 1601 to 1970 */
#define GREGORIAN_EPOCH 12219292800LL /* seconds from 1582-10-15 to 1970 (RFC 9562 5.1) */
#define LOCAL_ZONE 50400.0 /* a local time of an unknown zone: fourteen hours either way */

/* Between 1985 and 2100: what lies outside is a number that only has the form. */
static bool plausible(int64_t time)
{
	return time > 473385600 && time < 4102444800LL;
}

bool clock_put(struct clock *ret, int64_t time, double precision, const char *origin)
{
	if (!plausible(time))
		return false;
	*ret = (struct clock){
		.time = time, .origin = origin, .precision_s = precision, .kind = CLOCK_DERIVED};
	return true;
}

/* COUNT digits at the start of S in the alphabet; false where another character stands there. */
static bool digits_in(struct span s, size_t count, const char *alphabet, int64_t *ret)
{
	int64_t base = (int64_t)strlen(alphabet);

	*ret = 0;
	if (s.len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *p = s.ptr[i] ? strchr(alphabet, s.ptr[i]) : NULL;

		if (!p || *ret > INT64_MAX / base - base)
			return false;
		*ret = *ret * base + (p - alphabet);
	}
	return true;
}

static bool hex_at(struct span s, size_t from, size_t count, uint64_t *ret)
{
	*ret = 0;
	if (s.len < from + count)
		return false;
	for (size_t i = from; i < from + count; i++) {
		int v = hex_value(s.ptr[i]);

		if (v < 0)
			return false;
		*ret = *ret << 4 | (unsigned)v;
	}
	return true;
}

static size_t run(struct span s, size_t from, bool (*is)(uint8_t))
{
	size_t n = 0;

	while (from + n < s.len && is(s.ptr[from + n]))
		n++;
	return n;
}

/* Exim's message ids: tttttt-pppppp-ss, tttttt the seconds since 1970 in base 62 (Exim
 * specification, 3.4 "Message identification"); since 4.97 the middle part has eleven characters
 * and the last four. */
bool clock_exim_id(struct span id, struct clock *ret)
{
	static const char base62[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t middle = run(id, 7, is_alnum);
	int64_t time, rest;

	if (id.len < 16 || id.ptr[6] != '-' || (middle != 6 && middle != 11) ||
		id.ptr[7 + middle] != '-')
		return false;
	if (id.len - 8 - middle != (middle == 6 ? 2U : 4U) ||
		!digits_in(span_skip(id, 7), middle, base62, &rest))
		return false;
	return digits_in(id, 6, base62, &time) && clock_put(ret, time, 1, "queue id (exim)");
}

/* Postfix's long queue ids: seconds in base 52 (digits and consonants), four such digits of
 * microseconds, "z", the inode in base 51 (enable_long_queue_ids in postconf(5); the layout is in
 * mail_queue.h). */
bool clock_postfix_id(struct span id, struct clock *ret)
{
	static const char base52[] = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
	size_t z = span_rchr(id, 'z');
	int64_t seconds, micro, inode;

	if (id.len > 24 || z == id.len || z < 10 || z > 11 || z + 1 == id.len)
		return false;
	if (!digits_in(id, z - 4, base52, &seconds) ||
		!digits_in(span_skip(id, z - 4), 4, base52, &micro) ||
		!digits_in(span_skip(id, z + 1), id.len - z - 1, base52, &inode) || micro > 999999)
		return false;
	return clock_put(ret, seconds, 1, "queue id (postfix)");
}

/*
 * Sendmail's since 8.10: year modulo 60, month, day, hour, minute, second, each one character in
 * base 60 (UTC), then sequence and process (assign_queueid() in queue.c). The decade comes from
 * NEAR.
 */
bool clock_sendmail_id(struct span id, int64_t near, struct clock *ret)
{
	static const char base60[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
	int64_t part[6], year;

	if (id.len < 12 || id.len > 16 || near == TIME_NONE || span_starts(span_skip(id, 1), "AA"))
		return false;
	for (size_t i = 0; i < 6; i++)
		if (!digits_in(span_skip(id, i), 1, base60, &part[i]))
			return false;
	for (size_t i = id.len - 5; i < id.len; i++)
		if (!is_digit(id.ptr[i]))
			return false;
	year = moment_civil(near).year;
	year += (part[0] - (year - 1900) % 60 + 90) % 60 - 30;
	if (part[1] > 11 || part[2] < 1 || part[3] > 23 || part[4] > 59 ||
		part[2] > moment_month_days(year, (int)part[1] + 1))
		return false;
	return clock_put(ret,
		moment_of(year, (int)part[1] + 1, (int)part[2], (int)part[3], (int)part[4],
			(int)part[5]),
		1, "queue id (sendmail)");
}

/* UUID versions 1, 6 and 7 (RFC 9562 5.1, 5.6, 5.7) at the start of S. */
bool clock_uuid(struct span s, struct clock *ret)
{
	uint64_t a, b, c, d;

	if (s.len < 36 || s.ptr[8] != '-' || s.ptr[13] != '-' || s.ptr[18] != '-' ||
		s.ptr[23] != '-')
		return false;
	if (!hex_at(s, 0, 8, &a) || !hex_at(s, 9, 4, &b) || !hex_at(s, 14, 4, &c) ||
		!hex_at(s, 19, 4, &d) || d >> 14 != 2)
		return false;
	if (c >> 12 == 1)
		return clock_put(ret,
			(int64_t)(((c & 0xfff) << 48 | b << 32 | a) / 10000000) - GREGORIAN_EPOCH,
			1, "UUID version 1");
	if (c >> 12 == 6)
		return clock_put(ret,
			(int64_t)((a << 28 | b << 12 | (c & 0xfff)) / 10000000) - GREGORIAN_EPOCH,
			1, "UUID version 6");
	if (c >> 12 == 7)
		return clock_put(ret, (int64_t)((a << 16 | b) / 1000), 1, "UUID version 7");
	return false;
}

/* Windows FILETIME, 100 ns since 1601 ([MS-DTYP] 2.3.3), from its high and low half. */
static bool filetime(uint64_t high, uint64_t low, struct clock *ret, const char *origin)
{
	return high >> 24 == 1 &&
	       clock_put(ret, (int64_t)((high << 32 | low) / 10000000) - FILETIME_EPOCH, 1, origin);
}

/* "20020927201002" or, without seconds, "200209272010". */
static bool civil_digits(struct span s, size_t from, bool seconds, int64_t *ret)
{
	static const char ten[] = "0123456789";
	int64_t y, mo, d, h, mi, se = 0;

	if (!digits_in(span_skip(s, from), 4, ten, &y) ||
		!digits_in(span_skip(s, from + 4), 2, ten, &mo) ||
		!digits_in(span_skip(s, from + 6), 2, ten, &d) ||
		!digits_in(span_skip(s, from + 8), 2, ten, &h) ||
		!digits_in(span_skip(s, from + 10), 2, ten, &mi))
		return false;
	if (seconds && !digits_in(span_skip(s, from + 12), 2, ten, &se))
		return false;
	if (y < 1985 || y > 2099 || mo < 1 || mo > 12 || d < 1 ||
		d > moment_month_days(y, (int)mo) || h > 23 || mi > 59 || se > 60)
		return false;
	*ret = moment_of(y, (int)mo, (int)d, (int)h, (int)mi, (int)se);
	return true;
}

bool clock_civil(struct span s, int64_t *ret)
{
	return s.len == 14 && civil_digits(s, 0, true, ret);
}

/* What stands behind the date in Sendmail's and Postfix's ids, the queue id, is exact where it
 * holds a time, too: it has the seconds, and its zone is known. */
static bool queue_id_time(struct span id, int64_t near, struct clock *ret)
{
	const char *origin;

	if (clock_postfix_id(id, ret))
		origin = "Message-ID (postfix)";
	else if (clock_sendmail_id(id, near, ret))
		origin = "Message-ID (sendmail)";
	else
		return false;
	if (ret->time > near + (int64_t)LOCAL_ZONE || ret->time < near - (int64_t)LOCAL_ZONE)
		return false;
	ret->origin = origin;
	return true;
}

/* "20020927201002." at the start (Mutt and git: UTC; Postfix, Claws and others: sometimes local),
 * or after "n.". */
static bool dated_id(struct span left, struct clock *ret)
{
	size_t from = 0, n = run(left, 0, is_digit);
	bool bat = false;
	int64_t time;

	if (n > 0 && n <= 12 && n + 1 < left.len && left.ptr[n] == '.' &&
		run(left, n + 1, is_digit) == 14) {
		from = n + 1; /* The Bat!: "1234567890.20020927201002" */
		n = 14;
		bat = from + 14 == left.len;
		if (!bat)
			return false;
	}
	if (n == 14 && civil_digits(left, from, true, &time)) {
		struct span rest = span_skip(left, from + 14);
		bool mutt = span_starts(rest, ".G") && rest.len >= 4;
		size_t pid = rest.len ? run(rest, 1, is_digit) : 0;
		bool git = rest.len && rest.ptr[0] == '.' && pid && pid + 1 < rest.len &&
			   rest.ptr[pid + 1] == '-';

		if (rest.len && !mutt && !git && queue_id_time(span_skip(rest, 1), time, ret))
			return true;
		return clock_put(ret, time, mutt || git ? 1 : LOCAL_ZONE,
			mutt  ? "Message-ID (mutt)"
			: git ? "Message-ID (git)"
			: bat ? "Message-ID (the bat)"
			      : "Message-ID (date)");
	}
	if (n == 12 && left.len > 13 && left.ptr[12] == '.' && civil_digits(left, 0, false, &time))
		return queue_id_time(span_skip(left, 13), time, ret) ||
		       clock_put(ret, time, LOCAL_ZONE, "Message-ID (date)");
	return false;
}

/* "Pine.LNX.4.44.0209271640380.1234-100000", "alpine.LNX.2.00.1009161330190.1234": yymmddhhmmss,
 * local (generate_message_id() in pine's send.c). */
static bool pine_id(struct span left, struct clock *ret)
{
	uint8_t full[16] = {'2', '0'};
	size_t dot = span_chr(left, '.');
	int64_t time;

	if (!span_istarts(left, "Pine.") && !span_istarts(left, "alpine."))
		return false;
	for (; dot < left.len; dot += 1 + span_chr(span_skip(left, dot + 1), '.')) {
		size_t n = run(left, dot + 1, is_digit);

		if (n < 12 || n > 15)
			continue;
		memcpy(full + 2, left.ptr + dot + 1, 12);
		if (full[2] >= '8')
			full[0] = '1', full[1] = '9';
		return civil_digits(span_make(full, 14), 0, true, &time) &&
		       clock_put(ret, time, LOCAL_ZONE, "Message-ID (pine)");
	}
	return false;
}

/* "4F2E8F5B.4070306": seconds in hexadecimal (msgGenerateMessageId() in Mozilla's mail code, until
 * version 45). */
static bool mozilla_id(struct span left, struct clock *ret)
{
	uint64_t time;

	if (span_chr(left, '.') != 8 || run(left, 9, is_digit) != left.len - 9 || left.len < 10 ||
		!hex_at(left, 0, 8, &time))
		return false;
	if ((left.ptr[0] == '1' || left.ptr[0] == '2') && run(left, 0, is_digit) == 8)
		return false; /* a date that looks like one: "20020910.1852290040" */
	return clock_put(ret, (int64_t)time, 1, "Message-ID (mozilla)");
}

/* "000801c26a3e$5d1a4f60$0201a8c0": a counter, the FILETIME's halves, the address (Outlook and
 * Outlook Express). */
static bool outlook_id(struct span left, struct clock *ret)
{
	uint64_t high, low;

	if (left.len < 22 || left.ptr[12] != '$' || left.ptr[21] != '$')
		return false;
	return hex_at(left, 4, 8, &high) && hex_at(left, 13, 8, &low) &&
	       filetime(high, low, ret, "Message-ID (outlook)");
}

/* "1031234567.1234.56.camel": seconds, process, counter (camel_header_msgid_generate() in
 * Evolution). */
static bool camel_id(struct span left, struct clock *ret)
{
	static const char ten[] = "0123456789";
	size_t n = run(left, 0, is_digit);
	int64_t time;

	return span_iends(left, ".camel") && n >= 9 && n <= 10 && digits_in(left, n, ten, &time) &&
	       clock_put(ret, time, 1, "Message-ID (evolution)");
}

/* "hash.count.1234567890123.JavaMail.user", newer without the words: milliseconds (UniqueValue in
 * JavaMail). */
static bool java_id(struct span left, struct clock *ret)
{
	static const char ten[] = "0123456789";
	size_t mark = span_ifind(left, SPAN(".JavaMail"), 0);
	struct span head = span_sub(left, 0, mark), last;
	size_t dot = span_rchr(head, '.');
	int64_t ms;

	last = span_skip(head, dot + 1);
	if (dot == head.len || last.len != 13 || last.ptr[0] != '1' ||
		!digits_in(last, 13, ten, &ms))
		return false;
	return clock_put(ret, ms / 1000, 1, "Message-ID (javamail)");
}

/*
 * Gmail until 2010: eight hexadecimal digits, yymmddhhmm, a letter and more of them, as in
 * "57a815bf0910160539m64240421gb35ea52e101aedbc". The time is California's, with or without its
 * summer time. Newer ones hold none that can be read.
 */
static bool gmail_id(struct span left, struct span right, struct clock *ret)
{
	uint8_t full[12] = {'2', '0'};
	uint64_t any;
	int64_t time;

	if (!span_iis(right, "mail.gmail.com") || left.len < 24 || !hex_at(left, 0, 8, &any) ||
		run(left, 8, is_digit) != 10 || !is_alpha(left.ptr[18]) ||
		!hex_at(left, 19, 5, &any))
		return false;
	memcpy(full + 2, left.ptr + 8, 10);
	return civil_digits(span_make(full, sizeof full), 0, false, &time) &&
	       clock_put(ret, time + 27000, 1860, "Message-ID (gmail)");
}

bool clock_message_id(struct span left, struct span right, struct clock *ret)
{
	if (left.len > 200)
		return false;
	if (gmail_id(left, right, ret))
		return true;
	if ((left.len && left.ptr[0] == 'E' && clock_exim_id(span_skip(left, 1), ret))) {
		ret->origin = "Message-ID (exim)";
		return true;
	}
	if (mozilla_id(left, ret) || outlook_id(left, ret) || pine_id(left, ret) ||
		camel_id(left, ret) || dated_id(left, ret))
		return true;
	if (clock_uuid(left, ret)) {
		ret->origin = ret->origin[13] == '1'   ? "Message-ID (UUID version 1)"
			      : ret->origin[13] == '6' ? "Message-ID (UUID version 6)"
						       : "Message-ID (UUID version 7)";
		return true;
	}
	return java_id(left, ret);
}

/* "----=_NextPart_000_0012_01D9F0AB.12345678": a FILETIME's halves (Outlook, Outlook Express, CDO).
 */
static bool outlook_boundary(struct span b, struct clock *ret)
{
	uint64_t high, low;
	size_t dot = span_rchr(b, '.');

	if (span_ifind(b, SPAN("_NextPart_"), 0) == b.len || dot == b.len || dot < 9 ||
		b.len - dot - 1 != 8)
		return false;
	return b.ptr[dot - 9] == '_' && hex_at(b, dot - 8, 8, &high) &&
	       hex_at(b, dot + 1, 8, &low) && filetime(high, low, ret, "boundary (outlook)");
}

/* Gmail: 28 digits, twelve zeros, six digits, then the upper ten digits of the microseconds since
 * 1970 (to 2^16 µs). */
static bool gmail_boundary(struct span b, struct clock *ret)
{
	uint64_t zero, any, high;

	if (b.len != 28 || !hex_at(b, 0, 12, &zero) || zero || !hex_at(b, 12, 6, &any) ||
		!hex_at(b, 18, 10, &high))
		return false;
	return clock_put(ret, (int64_t)(((high << 16) + 0x8000) / 1000000), 1, "boundary (gmail)");
}

/* A number of COUNT_MIN to COUNT_MAX digits at FROM, followed by END. */
static bool number_at(
	struct span b, size_t from, size_t least, size_t most, const char *end, int64_t *ret)
{
	static const char ten[] = "0123456789";
	size_t n = run(b, from, is_digit);

	if (n < least || n > most || !digits_in(span_skip(b, from), n, ten, ret))
		return false;
	return *end ? span_starts(span_skip(b, from + n), end) : from + n == b.len;
}

bool clock_boundary(struct span b, struct clock *ret)
{
	size_t slash = span_rchr(b, '/'), dot;
	int64_t t;

	if (b.len > 200)
		return false;
	if (outlook_boundary(b, ret) || gmail_boundary(b, ret))
		return true;
	dot = span_rchr(b, '.');
	/* "----=_Part_12_1234567.1234567890123" (UniqueValue in JavaMail) */
	if (span_starts(b, "----=_Part_") && dot < b.len && number_at(b, dot + 1, 12, 13, "", &t))
		return clock_put(ret, t / 1000, 1, "boundary (javamail)");
	/* "----------=_1031234567-1234-0" (make_boundary() in Perl's MIME::Entity) */
	if (span_starts(b, "----------=_") && number_at(b, 12, 9, 10, "-", &t))
		return clock_put(ret, t, 1, "boundary (mime-tools)");
	/* "1031234567-eximdsn-1234" (Exim) */
	if (number_at(b, 0, 9, 10, "-eximdsn-", &t))
		return clock_put(ret, t, 1, "boundary (exim)");
	/* "QUEUEID.1031234567/host" (bounce in Postfix, savemail.c in Sendmail) */
	dot = span_rchr(span_sub(b, 0, slash), '.');
	if (slash < b.len && dot < slash && number_at(b, dot + 1, 9, 10, "/", &t))
		return clock_put(ret, t, 1, "boundary (bounce)");
	return false;
}

/* A number of seconds (ten digits), milliseconds (thirteen), or seconds and microseconds in
 * hexadecimal (eight and five digits: uniqid() of PHP, Message-IDs of Ruby's mail). */
static bool epoch_word(struct span word, struct clock *ret)
{
	static const char ten[] = "0123456789";
	uint64_t hex;
	int64_t time;

	if (word.len != 10 && word.len != 13)
		return false;
	if (digits_in(word, word.len, ten, &time))
		return clock_put(ret, word.len == 10 ? time : time / 1000, 1, "epoch");
	return word.len == 13 && hex_at(word, 0, 8, &hex) && hex_at(word, 8, 5, &(uint64_t){0}) &&
	       clock_put(ret, (int64_t)hex, 1, "epoch");
}

/*
 * Such a number proves nothing by its form: it counts only where it lies by the time that the
 * message states elsewhere, which one in some thousand numbers does by chance. So it confirms, and
 * never contradicts.
 */
bool clock_epoch(struct span s, int64_t near, struct clock *ret)
{
	enum { NEAR = 2 * 86400 };

	s = span_sub(s, 0, 200);
	/* No shorter word counts. */
	for (size_t from = 0, to; near != TIME_NONE && from + 10 <= s.len; from = to + 1) {
		for (to = from; to < s.len && is_alnum(s.ptr[to]); to++)
			;
		if (!epoch_word(span_sub(s, from, to), ret) || ret->time > near + NEAR ||
			ret->time < near - NEAR)
			continue;
		ret->where = span_sub(s, from, to);
		return true;
	}
	return false;
}

/*
 * Apple Mail until 2010: "Apple-Mail-3-578268020", "Apple-Mail-42--587947873": a counter, and the
 * milliseconds since 2001 in 32 bits, signed, which come again after 49.7 days. NEAR tells which of
 * these times is meant.
 */
bool clock_apple_boundary(struct span b, int64_t near, struct clock *ret)
{
	static const int64_t wrap = 1LL << 32, year_2001 = 978307200000LL;
	static const char ten[] = "0123456789";
	size_t n = run(b, 11, is_digit);
	bool minus = 12 + n < b.len && b.ptr[12 + n] == '-';
	struct span word = span_skip(b, 12 + n + minus);
	int64_t ms, ahead;

	if (!span_starts(b, "Apple-Mail-") || !n || b.ptr[11 + n] != '-' || near == TIME_NONE ||
		word.len < 6 || word.len > 10 || !digits_in(word, word.len, ten, &ms) ||
		ms > 2147483648LL)
		return false;
	ms = (minus ? -ms : ms) + year_2001;
	ahead = ((ms - near * 1000) % wrap + wrap) % wrap;
	return clock_put(ret, near + (ahead < wrap / 2 ? ahead : ahead - wrap) / 1000, 1,
		"boundary (apple, modulo 49.7 days)");
}

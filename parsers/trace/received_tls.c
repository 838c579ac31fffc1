/* SPDX-License-Identifier: ISC */
/* What the words of a Received field say about encryption: protocol, version, cipher. */
#include "parsers/trace/received.h"

void received_set_tls(struct hop *hop, const char *version, const char *cipher)
{
	if (version && (!hop->tls || strcmp(hop->tls, "yes") == 0))
		hop->tls = version;
	if (!hop->tls)
		hop->tls = "yes";
	if (cipher && !hop->tls_cipher)
		hop->tls_cipher = cipher;
}

static bool names_tls(struct span s)
{
	return span_istarts(s, "TLS") || span_istarts(s, "SSL");
}

/* "TLSv1.3", "TLS1_2", "TLS-1.3", "SSLv3", "TLSv1/SSLv3", SmarterMail's "TLS\\Tls12": a protocol
 * version. */
static bool is_version(struct span s)
{
	if (span_istarts(s, "TLS\\"))
		s = span_skip(s, 4);
	if (!names_tls(s))
		return false;
	s = span_skip(s, 3);
	if (s.len && (s.ptr[0] == '_' || s.ptr[0] == '-'))
		s = span_skip(s, 1);
	if (s.len && (s.ptr[0] | 32) == 'v')
		s = span_skip(s, 1);
	for (size_t i = 0; i < s.len && s.ptr[i] != '/'; i++)
		if (!is_digit(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '_')
			return false;
	return s.len > 0 && is_digit(s.ptr[0]) && s.len < 24;
}

/* The cipher of "TLSv1/SSLv3,256bits,AES256-SHA" and "TLS1.2:ECDHE_RSA_AES_128_GCM_SHA256:128". */
static bool tls_list(struct received *r, struct span s)
{
	size_t end = 0;
	struct span version, rest;

	if (!names_tls(s))
		return false;
	while (end < s.len && s.ptr[end] != ':' && s.ptr[end] != ',')
		end++;
	version = span_sub(s, 0, end);
	if (!is_version(version))
		return false;
	rest = span_skip(s, end + 1);
	received_set_tls(r->hop, received_text(r->arena, version), NULL);
	while (rest.len) {
		struct span piece;

		end = 0;
		while (end < rest.len && rest.ptr[end] != ':' && rest.ptr[end] != ',')
			end++;
		piece = span_sub(rest, 0, end);
		if (piece.len && !is_digit(piece.ptr[0])) {
			received_set_tls(r->hop, NULL, received_text(r->arena, piece));
			break;
		}
		rest = span_skip(rest, end + 1);
	}
	return true;
}

static bool tls_pair(struct received *r, struct span word)
{
	struct span value;

	if (token_pair(word, "version", &value) || token_pair(word, "tlsversion", &value) ||
		token_pair(word, "tls", &value)) {
		if (!is_version(value))
			return false;
		received_set_tls(r->hop, received_text(r->arena, value), NULL);
		return true;
	}
	if (token_pair(word, "cipher", &value) || token_pair(word, "tlscipher", &value)) {
		if (value.len && !span_iis(value, "none"))
			received_set_tls(r->hop, NULL, received_text(r->arena, value));
		return true;
	}
	return false;
}

bool received_cipher(struct span s)
{
	bool mark = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '-' && s.ptr[i] != '_' && !is_digit(s.ptr[i]) &&
			!(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
			return false;
		mark |= i > 2 && (s.ptr[i] == '-' || s.ptr[i] == '_');
	}
	return mark && !is_version(s);
}

void received_set_cipher(struct received *r, struct span s)
{
	received_set_tls(r->hop, NULL, received_text(r->arena, s));
}

bool received_version(struct received *r, struct span s)
{
	while (s.len && (s.ptr[s.len - 1] == ':' || s.ptr[s.len - 1] == ','))
		s.len--;
	if (!is_version(s))
		return false;
	received_set_tls(r->hop, received_text(r->arena, s), NULL);
	return true;
}

static bool is_cipher_word(struct span s)
{
	return span_iis(s, "cipher") || span_iis(s, "cipher:") || span_iis(s, "tls-cipher:");
}

bool received_tls(struct received *r, const struct token_list *list)
{
	bool found = false;

	for (size_t i = 0; i < list->count; i++) {
		struct span s = token_nth(list, i);

		if (list->token[i].kind != TOKEN_WORD)
			continue;
		if (tls_pair(r, s)) {
			found = true;
		} else if (received_version(r, s)) {
			found = true;
			if (token_is(list, i + 1, TOKEN_WORD) &&
				received_cipher(token_nth(list, i + 1)))
				received_set_cipher(r, token_nth(list, ++i));
		} else if (received_cipher(s) &&
			   span_istarts(token_nth(list, i + 1), "encrypted")) {
			received_set_cipher(r, s);
			found = true;
		} else if (is_cipher_word(s) && token_is(list, i + 1, TOKEN_WORD)) {
			s = token_nth(list, ++i);
			if (!tls_list(r, s))
				received_set_tls(r->hop, NULL, received_text(r->arena, s));
			found = true;
		} else if (tls_list(r, s) ||
			   (list->count <= 2 && (span_iis(s, "TLS") || span_iis(s, "SSL")))) {
			received_set_tls(r->hop, NULL, NULL);
			found = true;
		}
	}
	return found;
}

bool received_protocol(struct hop *hop, struct span with)
{
	size_t slash = span_chr(with, '/');
	struct span base = span_sub(with, 0, slash), s = base;
	bool smtp;

	if (span_iis(base, "HTTPS") || span_iis(base, "IMAPS") || span_iis(base, "POP3S")) {
		received_set_tls(hop, NULL, NULL);
		return true;
	}
	if (span_iis(base, "ASMTP")) {
		hop->authenticated = true;
		return true;
	}
	if (span_istarts(s, "UTF8"))
		s = span_skip(s, 4);
	if (s.len && (s.ptr[0] | 32) == 'e')
		s = span_skip(s, 1);
	smtp = span_istarts(s, "SMTP") || span_istarts(s, "LMTP");
	if (!smtp || s.len > 6)
		return false;
	for (size_t i = 4; i < s.len; i++)
		if ((s.ptr[i] | 32) != 's' && (s.ptr[i] | 32) != 'a')
			return false;
	for (size_t i = 4; i < s.len; i++) {
		if ((s.ptr[i] | 32) == 's')
			received_set_tls(hop, NULL, NULL);
		else
			hop->authenticated = true;
	}
	return true;
}

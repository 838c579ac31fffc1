/* SPDX-License-Identifier: ISC */
/* The second place that speaks to OpenSSL: its CMS code, inside one call. */
#include "parsers/findings/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "parsers/base/moment.h"

enum { SIGNERS_MAX = 32, ADDRESSES_MAX = 64 };
#define CONTENT_MAX ((size_t)64 * 1024 * 1024)

static const char *asn1_text(struct arena *arena, const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	int len = s ? ASN1_STRING_to_UTF8(&utf8, s) : -1;
	const char *text;

	if (len < 0)
		return NULL;
	text = arena_text(arena, span_make(utf8, (size_t)len));
	OPENSSL_free(utf8);
	return text;
}

/* The common name, else all of the name on one line. */
static const char *name_text(struct arena *arena, X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const char *text = NULL;

	if (at >= 0)
		text = asn1_text(arena, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (!text || !*text) {
		BIO *bio = BIO_new(BIO_s_mem());
		char *ptr;
		long len;

		if (!bio)
			return "";
		X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
		len = BIO_get_mem_data(bio, &ptr);
		text = arena_text(arena, span_make(ptr, len > 0 ? (size_t)len : 0));
		BIO_free(bio);
	}
	return text;
}

static int64_t asn1_time(const ASN1_TIME *t)
{
	struct tm tm;

	if (!t || !ASN1_TIME_to_tm(t, &tm))
		return TIME_NONE;
	return moment_of(
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static int64_t signing_time(CMS_SignerInfo *signer)
{
	int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = at < 0 ? NULL : CMS_signed_get_attr(signer, at);
	ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;

	if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
		return TIME_NONE;
	return asn1_time(value->value.asn1_string);
}

static void read_certificate(struct arena *arena, struct cms_signer *signer, X509 *certificate)
{
	STACK_OF(OPENSSL_STRING) *addresses = X509_get1_email(certificate);
	int count = addresses ? sk_OPENSSL_STRING_num(addresses) : 0;

	signer->name = name_text(arena, X509_get_subject_name(certificate));
	signer->issuer = name_text(arena, X509_get_issuer_name(certificate));
	signer->self_signed = X509_NAME_cmp(X509_get_subject_name(certificate),
				      X509_get_issuer_name(certificate)) == 0;
	signer->not_before = asn1_time(X509_get0_notBefore(certificate));
	signer->not_after = asn1_time(X509_get0_notAfter(certificate));
	if (count > ADDRESSES_MAX)
		count = ADDRESSES_MAX;
	signer->address = ARENA_ARRAY(arena, const char *, (size_t)count + 1);
	for (int i = 0; i < count; i++)
		signer->address[signer->address_count++] =
			arena_lower(arena, span_of(sk_OPENSSL_STRING_value(addresses, i)));
	X509_email_free(addresses);
}

/* A signerInfo names its certificate by issuer and number or by key identifier; CMS_verify() has
 * matched them. */
static void read_signers(struct arena *arena, struct cms *cms, CMS_ContentInfo *info)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(info);
	STACK_OF(X509) *certificates = CMS_get1_certs(info);
	int count = infos ? sk_CMS_SignerInfo_num(infos) : 0;

	cms->infos = (size_t)(count > 0 ? count : 0);
	cms->certificates = certificates ? (size_t)sk_X509_num(certificates) : 0;
	cms->signer = ARENA_ARRAY(arena, struct cms_signer, SIGNERS_MAX);
	for (int i = 0; i < count && i < SIGNERS_MAX; i++) {
		CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(infos, i);
		struct cms_signer *out = &cms->signer[cms->signer_count++];

		out->not_before = out->not_after = TIME_NONE;
		out->signed_at = signing_time(signer);
		for (int k = 0; certificates && k < sk_X509_num(certificates) && k < SIGNERS_MAX;
			k++)
			if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(certificates, k)) == 0) {
				read_certificate(arena, out, sk_X509_value(certificates, k));
				break;
			}
	}
	sk_X509_pop_free(certificates, X509_free);
}

static void verify(
	struct arena *arena, struct cms *cms, CMS_ContentInfo *info, struct span detached)
{
	BIO *in = detached.ptr ? BIO_new_mem_buf(detached.ptr,
					 detached.len < INT32_MAX ? (int)detached.len : 0)
			       : NULL;
	BIO *out = BIO_new(BIO_s_mem());

	cms->state = CMS_UNCHECKED;
	if (cms->infos > 0 && cms->certificates > 0 && out && (in || cms->has_content))
		cms->state = CMS_verify(info, NULL, NULL, in, out,
				     CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1
				     ? CMS_VALID
				     : CMS_INVALID;
	/* An algorithm that this library refuses says nothing of the signature. */
	if (cms->state == CMS_INVALID) {
		unsigned long error = ERR_peek_last_error();
		int reason = ERR_GET_REASON(error);

		if (reason != CMS_R_VERIFICATION_FAILURE && reason != CMS_R_CONTENT_VERIFY_ERROR &&
			reason != CMS_R_MESSAGEDIGEST_WRONG_LENGTH &&
			ERR_GET_LIB(error) != ERR_LIB_RSA)
			cms->state = CMS_UNCHECKED;
	}
	if (out && cms->has_content && !detached.ptr) {
		ASN1_OCTET_STRING **content = CMS_get0_content(info);

		if (content && *content && ASN1_STRING_length(*content) > 0 &&
			(size_t)ASN1_STRING_length(*content) <= CONTENT_MAX)
			cms->content =
				arena_copy(arena, span_make(ASN1_STRING_get0_data(*content),
							  (size_t)ASN1_STRING_length(*content)));
	}
	BIO_free(in);
	BIO_free(out);
}

struct cms cms_read(struct arena *arena, struct span der, struct span detached)
{
	struct cms cms = {.kind = CMS_UNREADABLE, .state = CMS_UNCHECKED};
	BIO *bio =
		der.len > 0 && der.len < INT32_MAX ? BIO_new_mem_buf(der.ptr, (int)der.len) : NULL;
	CMS_ContentInfo *info = bio ? d2i_CMS_bio(bio, NULL) : NULL;
	int type;

	if (info) {
		type = OBJ_obj2nid(CMS_get0_type(info));
		cms.kind =
			type == NID_pkcs7_signed ? CMS_SIGNED
			: type == NID_pkcs7_enveloped || type == NID_id_smime_ct_authEnvelopedData
				? CMS_ENVELOPED
				: CMS_OTHER;
		if (cms.kind == CMS_SIGNED) {
			ASN1_OCTET_STRING **content = CMS_get0_content(info);

			cms.has_content = content && *content;
			read_signers(arena, &cms, info);
			verify(arena, &cms, info, detached);
		}
		CMS_ContentInfo_free(info);
	}
	BIO_free(bio);
	ERR_clear_error();
	return cms;
}

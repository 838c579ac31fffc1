/* SPDX-License-Identifier: ISC */
/*
 * lower_bound FOLDER: the work that no verifier can avoid, and nothing else: reads mail.mbox,
 * hashes every signed body once and verifies every signature once with OpenSSL, keys and contexts
 * kept. No parsing, no canonical forms: make_corpus.py wrote down what is to be hashed (work.bin).
 * The user and system time of this is what the bench divides by.
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_KEYS = 1000 };

struct key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *verify; /* RSA: initialised; NULL: Ed25519 */
};
static struct key key[MAX_KEYS];
static size_t key_count;
static EVP_MD_CTX *md;
static EVP_MD *sha256;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "lower_bound: %s\n", what);
	exit(1);
}

static int open_in(const char *folder, const char *name)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail(path);
	return fd;
}

static void read_exactly(int fd, void *to, size_t len, off_t at)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, (uint8_t *)to + done, len - done, at + (off_t)done);

		if (n <= 0)
			fail("short file");
		done += (size_t)n;
	}
}

static uint8_t *read_all(const char *folder, const char *name, size_t *ret_len)
{
	int fd = open_in(folder, name);
	struct stat st;
	uint8_t *bytes;

	if (fstat(fd, &st))
		fail(name);
	*ret_len = (size_t)st.st_size;
	bytes = malloc(*ret_len + 1);
	if (!bytes)
		fail("no memory");
	read_exactly(fd, bytes, *ret_len, 0);
	close(fd);
	return bytes;
}

static uint32_t u32(const uint8_t **p)
{
	uint32_t n;

	memcpy(&n, *p, sizeof n);
	*p += sizeof n;
	return n;
}

static uint64_t u64(const uint8_t **p)
{
	uint64_t n;

	memcpy(&n, *p, sizeof n);
	*p += sizeof n;
	return n;
}

static void load_keys(const char *folder)
{
	size_t len;
	uint8_t *bytes = read_all(folder, "keys.bin", &len);

	for (const uint8_t *p = bytes; p < bytes + len && key_count < MAX_KEYS; key_count++) {
		uint32_t size = u32(&p);
		struct key *k = &key[key_count];

		k->pkey = d2i_PUBKEY(NULL, &p, (long)size);
		if (!k->pkey)
			fail("a key can't be read");
		if (EVP_PKEY_get_base_id(k->pkey) != EVP_PKEY_RSA)
			continue;
		k->verify = EVP_PKEY_CTX_new(k->pkey, NULL);
		if (!k->verify || EVP_PKEY_verify_init(k->verify) <= 0 ||
			EVP_PKEY_CTX_set_rsa_padding(k->verify, RSA_PKCS1_PADDING) <= 0 ||
			EVP_PKEY_CTX_set_signature_md(k->verify, sha256) <= 0)
			fail("no context");
	}
	free(bytes);
}

static void hash(const uint8_t *ptr, size_t len, uint8_t out[32])
{
	if (!EVP_DigestInit_ex2(md, sha256, NULL) || !EVP_DigestUpdate(md, ptr, len) ||
		!EVP_DigestFinal_ex(md, out, NULL))
		fail("no hash");
}

static bool verify(
	struct key *k, const uint8_t *data, size_t len, const uint8_t *sig, size_t sig_len)
{
	uint8_t digest[32];
	EVP_MD_CTX *ctx;
	bool ok;

	if (k->verify) {
		hash(data, len, digest);
		return EVP_PKEY_verify(k->verify, sig, sig_len, digest, sizeof digest) == 1;
	}
	ctx = EVP_MD_CTX_new();
	ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->pkey) == 1 &&
	     EVP_DigestVerify(ctx, sig, sig_len, data, len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

int main(int argc, char **argv)
{
	size_t len, room = 0, messages = 0, signatures = 0;
	uint8_t *work, *body = NULL, digest[32];
	int mail;

	if (argc != 2)
		return 0; /* `make bench` runs every program here: bench_scan is the one that runs
			     this */
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	md = EVP_MD_CTX_new();
	load_keys(argv[1]);
	work = read_all(argv[1], "work.bin", &len);
	mail = open_in(argv[1], "mail.mbox");
	for (const uint8_t *p = work; p < work + len; messages++) {
		uint64_t offset = u64(&p), length = u64(&p);
		uint32_t count = u32(&p);

		if (length > room && !(body = realloc(body, room = length)))
			fail("no memory");
		read_exactly(mail, body, length, (off_t)offset);
		hash(body, length, digest);
		for (uint32_t i = 0; i < count; i++, signatures++) {
			uint32_t k = u32(&p), input = u32(&p), signature = u32(&p);

			if (k >= key_count || !verify(&key[k], p, input, p + input, signature))
				fail("a signature does not verify");
			p += input + signature;
		}
	}
	printf("%zu messages, %zu signatures\n", messages, signatures);
	return 0;
}

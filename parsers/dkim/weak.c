/* SPDX-License-Identifier: ISC */
/*
 * Flaws that can be seen in an RSA modulus. The checks with large numbers use GMP where it was
 * there when the program was built; without it they find nothing, and the others remain.
 */
#include <stdlib.h>
#ifdef HAVE_GMP
#include <gmp.h>
#endif

#include "parsers/dkim/key.h"

enum { SMALL_PRIMES_BELOW = 65537, FERMAT_ROUNDS = 100 };

static uint32_t modulo(struct span n, uint32_t m)
{
	uint64_t r = 0;
	size_t i = 0;

	for (; i < n.len % 4; i++)
		r = (r << 8 | n.ptr[i]) % m;
	for (; i < n.len; i += 4)
		r = (r << 32 | (uint64_t)n.ptr[i] << 24 | (uint64_t)n.ptr[i + 1] << 16 |
			    (uint64_t)n.ptr[i + 2] << 8 | n.ptr[i + 3]) %
		    m;
	return (uint32_t)r;
}

/*
 * ROCA (CVE-2017-15361): such primes are k*M + (65537^a mod M) with M a primorial, so the modulus
 * is a power of 65537 modulo every small prime. A good key passes for all of these by chance once
 * in 2^27.
 */
static bool roca(struct span n)
{
	static const uint8_t prime[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59,
		61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
		151, 157, 163, 167};

	for (size_t i = 0; i < sizeof prime; i++) {
		uint32_t p = prime[i], want = modulo(n, p), power = 1;
		bool found = false;

		do {
			found |= power == want;
			power = power * (65537 % p) % p;
		} while (power != 1);
		if (!found)
			return false;
	}
	return true;
}

#ifdef HAVE_GMP

static void import(mpz_t ret, struct span n)
{
	mpz_init(ret);
	mpz_import(ret, n.len, 1, 1, 1, 0, n.ptr);
}

/* gcd with the product of all primes below 2^16; the product is made once. */
static bool small_factor(const mpz_t n)
{
	static bool made;
	static mpz_t product;
	mpz_t gcd;
	bool found;

	if (!made) {
		mpz_init(product);
		mpz_primorial_ui(product, SMALL_PRIMES_BELOW);
		made = true;
	}
	mpz_init(gcd);
	mpz_gcd(gcd, product, n);
	found = mpz_cmp_ui(gcd, 1) > 0;
	mpz_clear(gcd);
	return found;
}

/* n = a^2 - b^2 with a just above sqrt(n): only where the primes are very close. */
static bool fermat(const mpz_t n)
{
	mpz_t a, b;
	bool found = false;

	mpz_inits(a, b, NULL);
	mpz_sqrt(a, n);
	if (mpz_perfect_square_p(n))
		found = true;
	for (int i = 0; i < FERMAT_ROUNDS && !found; i++) {
		mpz_add_ui(a, a, 1);
		mpz_mul(b, a, a);
		mpz_sub(b, b, n);
		found = mpz_perfect_square_p(b) != 0;
	}
	mpz_clears(a, b, NULL);
	return found;
}

unsigned weak_modulus(struct span modulus)
{
	unsigned problems = roca(modulus) ? KEY_ROCA : 0;
	mpz_t n;

	import(n, modulus);
	if (small_factor(n))
		problems |= KEY_SMALL_FACTOR;
	else if (fermat(n))
		problems |= KEY_FERMAT;
	mpz_clear(n);
	return problems;
}

/*
 * P is the product of all moduli; gcd(n, (P mod n^2) / n) is above 1 where n shares a prime with
 * another. P mod n^2 for all n comes down a tree of remainders. Equal moduli, which adjoin each
 * other, are taken once.
 */
void weak_batch(const struct span *modulus, size_t count, bool *ret_shared)
{
	size_t width = 1, distinct = 0, *leaf = calloc(count, sizeof *leaf);
	mpz_t *tree, rest, square;

	for (size_t i = 0; i < count; i++) {
		distinct += i == 0 || !span_eq(modulus[i], modulus[i - 1]);
		if (leaf)
			leaf[i] = distinct - 1;
	}
	while (width < distinct)
		width *= 2;
	tree = calloc(2 * width, sizeof *tree);
	if (!tree || !leaf)
		abort();
	for (size_t i = 0; i < 2 * width; i++)
		mpz_init_set_ui(tree[i], 1);
	for (size_t i = 0; i < count; i++)
		mpz_import(tree[width + leaf[i]], modulus[i].len, 1, 1, 1, 0, modulus[i].ptr);
	for (size_t i = width - 1; i; i--)
		mpz_mul(tree[i], tree[2 * i], tree[2 * i + 1]);
	mpz_inits(rest, square, NULL);
	for (size_t i = 2; i < 2 * width; i++) {
		/* The parent now holds P mod parent^2; a node keeps its own product in `rest` only
		 * as long as needed. */
		mpz_mul(square, tree[i], tree[i]);
		mpz_mod(rest, tree[i / 2], square);
		if (i >= width && mpz_cmp_ui(tree[i], 1) > 0) {
			mpz_divexact(rest, rest, tree[i]);
			mpz_gcd(rest, rest, tree[i]);
			mpz_set_ui(tree[i], mpz_cmp_ui(rest, 1) > 0); /* a leaf ends as 0 or 1 */
		} else {
			mpz_set(tree[i], rest);
		}
	}
	for (size_t i = 0; i < count; i++)
		ret_shared[i] = width > 1 && mpz_cmp_ui(tree[width + leaf[i]], 0) > 0;
	mpz_clears(rest, square, NULL);
	for (size_t i = 0; i < 2 * width; i++)
		mpz_clear(tree[i]);
	free(tree);
	free(leaf);
}

#else

unsigned weak_modulus(struct span modulus)
{
	unsigned problems = roca(modulus) ? KEY_ROCA : 0;

	for (uint32_t p = 3; p < SMALL_PRIMES_BELOW; p += 2)
		if (modulo(modulus, p) == 0)
			return problems | KEY_SMALL_FACTOR;
	return problems;
}

void weak_batch(const struct span *modulus, size_t count, bool *ret_shared)
{
	(void)modulus, (void)count, (void)ret_shared;
}

#endif

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

/* The product of all primes below 2^16, made once. */
static mpz_t *small_primes(void)
{
	static bool made;
	static mpz_t product;

	if (!made) {
		mpz_init(product);
		mpz_primorial_ui(product, SMALL_PRIMES_BELOW);
		made = true;
	}
	return &product;
}

static bool have_common_factor(const mpz_t a, const mpz_t b)
{
	mpz_t gcd;
	bool found;

	mpz_init(gcd);
	mpz_gcd(gcd, a, b);
	found = mpz_cmp_ui(gcd, 1) > 0;
	mpz_clear(gcd);
	return found;
}

/* No square ends in other bits than these: 12 of 64. */
static bool may_be_square(uint64_t low)
{
	return UINT64_C(0x0202021202030213) >> (low & 63) & 1;
}

/*
 * n = a^2 - b^2 with a just above sqrt(n): only where the primes are very close. From one a to the next b^2 grows by 2a + 1; most
 * are seen to be no square by their low bits.
 */
static bool fermat(const mpz_t n)
{
	mpz_t a, first, square;
	uint64_t low, step;
	bool found;

	mpz_inits(a, first, square, NULL);
	mpz_sqrtrem(a, first, n);
	mpz_neg(first, first); /* a^2 - n */
	low = 0 - (uint64_t)mpz_get_ui(first);
	step = 2 * (uint64_t)mpz_get_ui(a) + 1;
	found = mpz_sgn(first) == 0;
	for (unsigned i = 1; i <= FERMAT_ROUNDS && !found; i++) {
		low += step;
		step += 2;
		if (!may_be_square(low))
			continue;
		mpz_set(square, first);
		mpz_addmul_ui(square, a, 2ul * i);
		mpz_add_ui(square, square, (unsigned long)i * i);
		found = mpz_perfect_square_p(square) != 0;
	}
	mpz_clears(a, first, square, NULL);
	return found;
}

unsigned weak_modulus(struct span modulus, bool sound)
{
	unsigned problems = roca(modulus) ? KEY_ROCA : 0;
	mpz_t n;

	import(n, modulus);
	if (!sound && have_common_factor(*small_primes(), n))
		problems |= KEY_SMALL_FACTOR;
	else if (fermat(n))
		problems |= KEY_FERMAT;
	mpz_clear(n);
	return problems;
}

/*
 * A tree of products: the root is 1, the children of i are 2i and 2i + 1, and the leaves begin at `width`; a node is the product
 * of its children. The leaves behind the last modulus are 1. `others` is the sum of all products of a node's leaves but one:
 * modulo a leaf, the product of the others, for each other summand holds the leaf itself.
 */
struct product_tree {
	mpz_t *node, *others;
	size_t width, leaves;
};

/* Equal moduli, which adjoin each other, have one leaf. */
static size_t next_distinct(const struct span *modulus, size_t count, size_t i)
{
	do
		i++;
	while (i < count && span_eq(modulus[i], modulus[i - 1]));
	return i;
}

static void tree_make(struct product_tree *tree, const struct span *modulus, size_t count)
{
	*tree = (struct product_tree){.width = 1};
	for (size_t i = 0; i < count; i = next_distinct(modulus, count, i))
		tree->leaves++;
	while (tree->width < tree->leaves)
		tree->width *= 2;
	tree->node = calloc(2 * tree->width, sizeof *tree->node);
	tree->others = calloc(2 * tree->width, sizeof *tree->others);
	if (!tree->node || !tree->others)
		abort();
	for (size_t i = 0; i < 2 * tree->width; i++) {
		mpz_init_set_ui(tree->node[i], 1);
		mpz_init_set_ui(tree->others[i], i >= tree->width && i < tree->width + tree->leaves);
	}
	for (size_t i = 0, leaf = tree->width; i < count;
		i = next_distinct(modulus, count, i), leaf++) {
		mpz_import(tree->node[leaf], modulus[i].len, 1, 1, 1, 0, modulus[i].ptr);
		if (mpz_sgn(tree->node[leaf]) == 0)
			mpz_set_ui(tree->node[leaf], 1);
	}
	for (size_t i = tree->width - 1; i; i--) {
		mpz_mul(tree->node[i], tree->node[2 * i], tree->node[2 * i + 1]);
		mpz_mul(tree->others[i], tree->others[2 * i], tree->node[2 * i + 1]);
		mpz_addmul(tree->others[i], tree->others[2 * i + 1], tree->node[2 * i]);
	}
}

static void tree_free(struct product_tree *tree)
{
	for (size_t i = 0; i < 2 * tree->width; i++) {
		mpz_clear(tree->node[i]);
		mpz_clear(tree->others[i]);
	}
	free(tree->node);
	free(tree->others);
}

/*
 * For each leaf whether it has a factor in common with WITH or with any other leaf: WITH times the product of the others goes down
 * the tree, modulo each node. True where one has.
 */
static bool tree_common_factors(const struct product_tree *tree, const mpz_t with, bool *ret)
{
	mpz_t *rest = calloc(2 * tree->width, sizeof *rest);
	bool any = false;

	if (!rest)
		abort();
	mpz_init(rest[1]);
	mpz_mul(rest[1], tree->others[1], with);
	for (size_t i = 2; i < 2 * tree->width; i++) {
		mpz_init(rest[i]);
		mpz_mod(rest[i], rest[i / 2], tree->node[i]);
		if (i % 2)
			mpz_clear(rest[i / 2]);
	}
	for (size_t i = 0; i < tree->width; i++) {
		if (i < tree->leaves)
			any |= ret[i] = have_common_factor(rest[tree->width + i], tree->node[tree->width + i]);
		mpz_clear(rest[tree->width + i]);
	}
	free(rest);
	return any;
}

/* Small primes are looked for together with shared ones: nearly always neither is there. Where one
 * is, again and apart. */
bool weak_batch(const struct span *modulus, size_t count, unsigned *ret)
{
	struct product_tree tree;
	bool *found;
	mpz_t one;

	tree_make(&tree, modulus, count);
	found = calloc(tree.leaves + 1, sizeof *found);
	if (!found)
		abort();
	memset(ret, 0, count * sizeof *ret);
	mpz_init_set_ui(one, 1);
	if (tree_common_factors(&tree, *small_primes(), found)) {
		tree_common_factors(&tree, one, found);
		for (size_t i = 0, leaf = 0; i < count; leaf++) {
			size_t end = next_distinct(modulus, count, i);
			bool small = have_common_factor(
				*small_primes(), tree.node[tree.width + leaf]);

			for (; i < end; i++)
				ret[i] = (found[leaf] ? KEY_SHARED_PRIME : 0) |
					 (small ? KEY_SMALL_FACTOR : 0);
		}
	}
	mpz_clear(one);
	free(found);
	tree_free(&tree);
	return true;
}

#else

unsigned weak_modulus(struct span modulus, bool sound)
{
	unsigned problems = roca(modulus) ? KEY_ROCA : 0;

	for (uint32_t p = 3; p < SMALL_PRIMES_BELOW && !sound; p += 2)
		if (modulo(modulus, p) == 0)
			return problems | KEY_SMALL_FACTOR;
	return problems;
}

bool weak_batch(const struct span *modulus, size_t count, unsigned *ret)
{
	(void)modulus, (void)count, (void)ret;
	return false;
}

#endif

/* SPDX-License-Identifier: ISC */
/* Many moduli at once: what they share is found, wherever in the batch they are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/dkim/key.h"

enum { KEYS = 300 };

static bool is_prime(uint32_t n)
{
	for (uint32_t d = 3; d * d <= n; d += 2)
		if (n % d == 0)
			return false;
	return n % 2 == 1;
}

static uint32_t next_prime(uint32_t n)
{
	do
		n++;
	while (!is_prime(n));
	return n;
}

struct keys {
	uint8_t bytes[KEYS][8];
	struct span n[KEYS];
	unsigned found[KEYS];
	uint32_t prime[2 * KEYS];
};

static void put(struct keys *k, size_t i, uint32_t p, uint32_t q)
{
	uint64_t n = (uint64_t)p * q;

	for (size_t j = 0; j < 8; j++)
		k->bytes[i][j] = (uint8_t)(n >> (56 - 8 * j));
	k->n[i] = span_make(k->bytes[i], 8);
}

/* Each of two primes of its own, all above those that count as small. */
static struct keys *sound(void)
{
	static struct keys k;
	uint32_t p = 70000;

	for (size_t i = 0; i < 2 * KEYS; i++)
		p = k.prime[i] = next_prime(p);
	for (size_t i = 0; i < KEYS; i++)
		put(&k, i, k.prime[2 * i], k.prime[2 * i + 1]);
	return &k;
}

/* What is found: nothing, but of A and B as told. */
static void expect(struct keys *k, size_t a, unsigned of_a, size_t b, unsigned of_b)
{
	memset(k->found, 0xff, sizeof k->found);
	if (!weak_batch(k->n, KEYS, k->found))
		skip(); /* built without GMP */
	for (size_t i = 0; i < KEYS; i++)
		assert_int_equal(k->found[i], i == a ? of_a : i == b ? of_b : 0);
}

static void finds_nothing_in_sound_keys(void **state)
{
	(void)state;
	expect(sound(), 0, 0, 0, 0);
}

static void finds_shared_primes_wherever_they_are(void **state)
{
	static const size_t pair[][2] = {{0, 1}, {0, KEYS - 1}, {KEYS / 2 - 1, KEYS / 2}, {KEYS / 2, KEYS / 2 + 1},
		{KEYS / 2 + 1, KEYS / 2 + 2}, {KEYS - 2, KEYS - 1}};

	(void)state;
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		struct keys *k = sound();
		size_t a = pair[i][0], b = pair[i][1];

		put(k, b, k->prime[2 * a], k->prime[2 * b]);
		expect(k, a, KEY_SHARED_PRIME, b, KEY_SHARED_PRIME);
	}
}

static void finds_small_factors_in_either_half(void **state)
{
	struct keys *k = sound();

	(void)state;
	put(k, 3, 3, k->prime[6]);
	put(k, KEYS - 3, 65521, k->prime[2 * KEYS - 6]);
	expect(k, 3, KEY_SMALL_FACTOR, KEYS - 3, KEY_SMALL_FACTOR);
}

/* Equal ones adjoin each other, also in the middle, where the tree is cut in two. */
static void equal_keys_share_nothing(void **state)
{
	struct keys *k = sound();

	(void)state;
	for (size_t i = KEYS / 2 - 3; i < KEYS / 2 + 3; i++)
		k->n[i] = k->n[KEYS / 2];
	expect(k, 0, 0, 0, 0);
	for (size_t i = 0; i < KEYS; i++)
		k->n[i] = k->n[KEYS / 2];
	expect(k, 0, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_nothing_in_sound_keys),
		cmocka_unit_test(finds_shared_primes_wherever_they_are),
		cmocka_unit_test(finds_small_factors_in_either_half),
		cmocka_unit_test(equal_keys_share_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

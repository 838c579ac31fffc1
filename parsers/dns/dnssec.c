/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dnssec.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * Hostile evidence could ask for any number of verifications (CVE-2023-50387): a set is tried with
 * no more signatures and keys than these, and no more recordings of keys than these are tried.
 */
enum { SIGNATURES_MAX = 8, KEYS_MAX = 16, RECORDINGS_MAX = 6, BUCKETS = 1024 };

/* IANA's key-signing keys of the root zone: 2010, 2017, 2024. */
static const char root_anchor[] =
	". IN DS 19036 8 2 49AAC11D7B6F6446702E54A1607371607A1A41855200FD2CE1CDDE32F24E8FB5\n"
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

enum fact { FACT_ZONE, FACT_CUT };

/* What was found of a zone (its keys, and how far they are proven), or of a name (whether signing
 * ends there). */
struct known {
	struct known *next;
	enum fact fact;
	const char *name;
	int64_t at;
	enum dnssec state;
	ldns_rr_list *keys; /* of a secure zone */
};

struct dnssec_store {
	pthread_mutex_t
		mutex; /* the one part of a snapshot that changes: what was validated is kept */
	struct arena *arena;
	struct snapshot *anchor;
	const struct zone_entry **order;
	struct known *known[BUCKETS];
};

enum dnssec dnssec_weaker(enum dnssec a, enum dnssec b)
{
	static const int weight[] = {[DNSSEC_SECURE] = 0,
		[DNSSEC_INSECURE] = 1,
		[DNSSEC_UNSIGNED] = 2,
		[DNSSEC_UNKNOWN] = 3,
		[DNSSEC_BOGUS] = 4};

	return weight[a] > weight[b] ? a : b;
}

/* --- the evidence */

const struct zone_entry *dnssec_in_order(const struct snapshot *snapshot, size_t order)
{
	return order && order <= snapshot->zone.count ? snapshot->dnssec->order[order - 1] : NULL;
}

static size_t rank_end(const struct zone *zone, size_t from, size_t end)
{
	size_t to = from + 1;

	while (to < end && zone->entry[to].type == zone->entry[from].type &&
		zone->entry[to].rank == zone->entry[from].rank)
		to++;
	return to;
}

bool dnssec_first(
	const struct snapshot *snapshot, const char *name, unsigned type, struct dnssec_set *ret)
{
	const struct snapshot_node *node = snapshot_node(snapshot, name);
	const struct zone *zone = &snapshot->zone;
	size_t low = node ? node->first : 0, end = node ? node->first + node->count : 0, high = end;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (zone->entry[mid].type < type)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == end || zone->entry[low].type != type)
		return false;
	*ret = (struct dnssec_set){node->name, type, low, rank_end(zone, low, end)};
	return true;
}

bool dnssec_next(const struct snapshot *snapshot, struct dnssec_set *set)
{
	const struct zone *zone = &snapshot->zone;
	const struct snapshot_node *node = snapshot_node(snapshot, set->name);
	size_t end = node->first + node->count;

	if (set->to == end || zone->entry[set->to].type != set->type)
		return false;
	set->from = set->to;
	set->to = rank_end(zone, set->from, end);
	return true;
}

static ldns_rr_list *list_of(
	const struct snapshot *snapshot, const struct dnssec_set *set, size_t max)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (size_t i = set->from; i < set->to && ldns_rr_list_rr_count(list) < max; i++) {
		const struct zone_entry *e = &snapshot->zone.entry[i];
		ldns_rr *rr = e->kind == ZONE_RECORD
				      ? wire_rr(e->name, e->type, e->record->ttl, e->record->rdata)
				      : NULL;
		bool copy = false;

		for (size_t k = 0; rr && k < ldns_rr_list_rr_count(list) && !copy; k++)
			copy = !ldns_rr_compare(ldns_rr_list_rr(list, k), rr);
		if (rr && !copy)
			ldns_rr_list_push_rr(list, rr);
		else
			ldns_rr_free(rr);
	}
	return list;
}

/* Signatures over TYPE at NAME: those of the same recording first. */
static ldns_rr_list *signatures_of(const struct snapshot *snapshot, const struct dnssec_set *set)
{
	ldns_rr_list *list = ldns_rr_list_new();
	const struct zone_entry *entry = snapshot->zone.entry;
	struct dnssec_set sigs;

	for (int pass = 0; pass < 2; pass++) {
		bool more = dnssec_first(snapshot, set->name, DNS_RRSIG, &sigs);

		for (; more; more = dnssec_next(snapshot, &sigs)) {
			if ((entry[sigs.from].rank == entry[set->from].rank) != !pass)
				continue;
			for (size_t i = sigs.from;
				i < sigs.to && ldns_rr_list_rr_count(list) < SIGNATURES_MAX; i++) {
				ldns_rr *rr = entry[i].covered == set->type
						      ? wire_rr(entry[i].name, DNS_RRSIG,
								entry[i].record->ttl,
								entry[i].record->rdata)
						      : NULL;

				if (rr)
					ldns_rr_list_push_rr(list, rr);
			}
		}
	}
	return list;
}

/* --- zones */

static struct known **bucket(
	struct dnssec_store *store, enum fact fact, const char *name, int64_t at)
{
	uint64_t h = 14695981039346656037u + (uint64_t)fact + (uint64_t)at * 31;
	struct known **k;

	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	for (k = &store->known[(h ^ h >> 29) % BUCKETS]; *k; k = &(*k)->next)
		if ((*k)->fact == fact && (*k)->at == at && !strcmp((*k)->name, name))
			break;
	return k;
}

/* What is known, or a new entry that says "unknown" until it is: a chain that comes back to itself
 * proves nothing. */
static struct known *recall(
	const struct dnssec_look *look, enum fact fact, const char *name, bool *ret_fresh)
{
	struct dnssec_store *store = look->snapshot->dnssec;
	struct known **k = bucket(store, fact, name, look->at);

	*ret_fresh = !*k;
	if (!*k) {
		*k = ARENA_NEW(store->arena, struct known);
		**k = (struct known){NULL, fact, arena_strdup(store->arena, name), look->at,
			DNSSEC_UNKNOWN, NULL};
	}
	return *k;
}

static bool verify(const struct dnssec_look *look, ldns_rr_list *set, ldns_rr_list *signatures,
	const ldns_rr_list *keys)
{
	ldns_status status = look->at == TIME_NONE ? ldns_verify_notime(set, signatures, keys, NULL)
						   : ldns_verify_time(set, signatures, keys,
							     (time_t)look->at, NULL);

	return status == LDNS_STATUS_OK;
}

/* The keys of LIST that a DS (or an anchor's DNSKEY) of TRUSTED names. */
static ldns_rr_list *named_keys(const ldns_rr_list *list, const ldns_rr_list *trusted)
{
	ldns_rr_list *named = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *key = ldns_rr_list_rr(list, i);

		for (size_t k = 0; k < ldns_rr_list_rr_count(trusted); k++) {
			const ldns_rr *one = ldns_rr_list_rr(trusted, k);

			if (ldns_rr_get_type(one) == LDNS_RR_TYPE_DS ? ldns_rr_compare_ds(key, one)
								     : !ldns_rr_compare(key, one)) {
				ldns_rr_list_push_rr(named, key);
				break;
			}
		}
	}
	return named;
}

/* RFC 4035 5.2: a key that the parent names signs the set of keys. */
static enum dnssec keys_from(const struct dnssec_look *look, const char *zone,
	const ldns_rr_list *trusted, ldns_rr_list **ret_keys)
{
	struct dnssec_set set;
	bool more = dnssec_first(look->snapshot, zone, DNS_DNSKEY, &set);
	enum dnssec state = DNSSEC_UNKNOWN;

	for (int i = 0; more && i < RECORDINGS_MAX; i++, more = dnssec_next(look->snapshot, &set)) {
		ldns_rr_list *keys = list_of(look->snapshot, &set, KEYS_MAX);
		ldns_rr_list *named = named_keys(keys, trusted),
			     *signatures = signatures_of(look->snapshot, &set);
		bool good = verify(look, keys, signatures, named);

		ldns_rr_list_free(named);
		ldns_rr_list_deep_free(signatures);
		if (good) {
			*ret_keys = keys;
			return DNSSEC_SECURE;
		}
		state = ldns_rr_list_rr_count(keys) ? DNSSEC_BOGUS : state;
		ldns_rr_list_deep_free(keys);
	}
	return state;
}

/* The anchors of ZONE itself, or NULL. */
static ldns_rr_list *anchors_of(const struct snapshot *snapshot, const char *zone)
{
	const struct snapshot *anchor = snapshot->dnssec->anchor;
	static const unsigned types[] = {DNS_DS, DNS_DNSKEY};
	ldns_rr_list *list = ldns_rr_list_new();
	struct dnssec_set set;

	for (size_t i = 0; i < 2; i++) {
		if (!dnssec_first(anchor, zone, types[i], &set))
			continue;

		ldns_rr_list *part = list_of(anchor, &set, KEYS_MAX);

		ldns_rr_list_push_rr_list(list, part);
		ldns_rr_list_free(part);
	}
	if (ldns_rr_list_rr_count(list))
		return list;
	ldns_rr_list_free(list);
	return NULL;
}

static enum dnssec ds_state(
	const struct dnssec_look *look, const char *name, struct dnssec_set *ret, bool *ret_cut);

static const struct known *zone_of(const struct dnssec_look *look, const char *zone)
{
	bool fresh, cut;
	struct known *known = recall(look, FACT_ZONE, zone, &fresh);
	struct dnssec_set ds = {0};

	if (!fresh)
		return known;

	ldns_rr_list *trusted = anchors_of(look->snapshot, zone), *keys = NULL;
	enum dnssec state = trusted ? DNSSEC_SECURE : DNSSEC_UNKNOWN;

	if (!trusted && *zone) {
		state = ds_state(look, zone, &ds, &cut);
		if (state == DNSSEC_SECURE && ds.to)
			trusted = list_of(look->snapshot, &ds, KEYS_MAX);
		else if (state == DNSSEC_SECURE)
			state = cut ? DNSSEC_INSECURE
				    : DNSSEC_BOGUS; /* what is no zone can't sign */
	}
	if (trusted)
		state = keys_from(look, zone, trusted, &keys);
	ldns_rr_list_deep_free(trusted);
	known->state = state;
	known->keys = keys;
	return known;
}

/*
 * What is proven of DS at NAME: SECURE with *RET where there are records, SECURE without where
 * there are none (*RET_CUT: and an unsigned zone begins there); else why not.
 */
static enum dnssec ds_state(
	const struct dnssec_look *look, const char *name, struct dnssec_set *ret, bool *ret_cut)
{
	struct dnssec_set set;
	bool more = dnssec_first(look->snapshot, name, DNS_DS, &set);
	enum dnssec state = DNSSEC_UNKNOWN;

	*ret_cut = false;
	*ret = (struct dnssec_set){0};
	if (!more)
		more = dnssec_first(look->snapshot, name, ZONE_TYPE_NAME, &set);
	for (int i = 0; more && i < RECORDINGS_MAX; i++, more = dnssec_next(look->snapshot, &set)) {
		const struct zone_entry *entry = &look->snapshot->zone.entry[set.from];

		if (entry->kind == ZONE_FAILED)
			continue;
		state = entry->kind == ZONE_RECORD
				? dnssec_verify_set(look, &set)
				: dnssec_denial(look, entry, name, DNS_DS, ret_cut);
		if (state == DNSSEC_SECURE && entry->kind == ZONE_RECORD)
			*ret = set;
		if (state == DNSSEC_SECURE)
			break;
	}
	return state;
}

/* Whether signing ends at NAME: SECURE where it does not, INSECURE where it is proven to. */
static enum dnssec cut_at(const struct dnssec_look *look, const char *name)
{
	bool fresh, cut;
	struct known *known = recall(look, FACT_CUT, name, &fresh);
	struct dnssec_set ds;

	if (!fresh)
		return known->state;
	known->state = ds_state(look, name, &ds, &cut);
	if (known->state == DNSSEC_SECURE && cut)
		known->state = DNSSEC_INSECURE;
	return known->state;
}

/* RFC 4035 5.2: without a signature a set is insecure where the delegation to its zone is proven
 * unsigned, else bogus. */
static enum dnssec without_signature(const struct dnssec_look *look, const char *name)
{
	const char *above[130];
	size_t count = 0;
	ldns_rr_list *anchor = NULL;

	for (; name && count < 130; name = snapshot_parent(name)) {
		anchor = anchors_of(look->snapshot, name);
		if (anchor)
			break;
		above[count++] = name;
	}
	if (!anchor)
		return DNSSEC_UNSIGNED;
	ldns_rr_list_deep_free(anchor);
	while (count--) {
		enum dnssec state = cut_at(look, above[count]);

		if (state == DNSSEC_UNKNOWN)
			return DNSSEC_UNSIGNED;
		if (state != DNSSEC_SECURE)
			return state;
	}
	return DNSSEC_BOGUS;
}

/* --- answers */

enum dnssec dnssec_verify_set(const struct dnssec_look *look, const struct dnssec_set *set)
{
	ldns_rr_list *list = list_of(look->snapshot, set, SIZE_MAX),
		     *signatures = signatures_of(look->snapshot, set);
	ldns_rdf *owner = wire_dname(set->name);
	enum dnssec state = DNSSEC_UNKNOWN;
	size_t count = ldns_rr_list_rr_count(signatures);

	for (size_t i = 0; i < count && owner && state != DNSSEC_SECURE; i++) {
		const ldns_rdf *signer = ldns_rr_rrsig_signame(ldns_rr_list_rr(signatures, i));
		bool self = signer && !ldns_dname_compare(signer, owner);
		const char *zone = signer && (self || ldns_dname_is_subdomain(owner, signer))
					   ? wire_name(look->arena, signer)
					   : NULL;
		const struct known *known;

		/* DS belongs to the parent (RFC 4035 2.4): what the zone signs of itself proves
		 * nothing. */
		if (!zone || (self && set->type == DNS_DS))
			continue;
		known = zone_of(look, zone);
		if (known->state == DNSSEC_SECURE) {
			ldns_rr_list *one = ldns_rr_list_new();

			ldns_rr_list_push_rr(one, ldns_rr_list_rr(signatures, i));
			state = verify(look, list, one, known->keys) ? DNSSEC_SECURE : DNSSEC_BOGUS;
			ldns_rr_list_free(one);
		} else if (state != DNSSEC_BOGUS) {
			state = known->state;
		}
	}
	if (!count)
		state = without_signature(look, set->name);
	ldns_rdf_deep_free(owner);
	ldns_rr_list_deep_free(signatures);
	ldns_rr_list_deep_free(list);
	return state;
}

/* The first entry of NAME that denies TYPE, as the answer does. */
static const struct zone_entry *denying(
	const struct snapshot *snapshot, const char *name, unsigned type)
{
	const unsigned types[] = {type, ZONE_TYPE_NAME, ZONE_TYPE_ANY};
	struct dnssec_set set;

	for (size_t i = 0; i < 3; i++)
		if (dnssec_first(snapshot, name, types[i], &set) &&
			(snapshot->zone.entry[set.from].kind == ZONE_NODATA ||
				snapshot->zone.entry[set.from].kind == ZONE_NXDOMAIN))
			return &snapshot->zone.entry[set.from];
	return NULL;
}

static enum dnssec validate_denial(const struct dnssec_look *look, const char *name, unsigned type)
{
	const struct zone_entry *entry = denying(look->snapshot, name, type);
	enum dnssec state = DNSSEC_UNKNOWN;
	bool cut;

	if (entry)
		state = dnssec_denial(look, entry, name, type, &cut);
	return state == DNSSEC_UNKNOWN && entry ? without_signature(look, name) : state;
}

/* The records of an answer may be of several recordings (a key's history): each is validated with
 * its own. */
static void validate_records(
	struct dnssec_look *look, const char *name, unsigned type, struct dns_answer *answer)
{
	struct dns_record *record = ARENA_ARRAY(look->arena, struct dns_record, answer->count);
	const struct zone_entry *entry = look->snapshot->zone.entry;
	struct dnssec_set set;
	bool more = dnssec_first(look->snapshot, name, type, &set);

	memcpy(record, answer->record, answer->count * sizeof *record);
	for (; more; more = dnssec_next(look->snapshot, &set)) {
		enum dnssec state = DNSSEC_UNKNOWN;
		bool done = false;

		for (size_t i = set.from; i < set.to; i++) {
			for (size_t k = 0; entry[i].kind == ZONE_RECORD && k < answer->count; k++) {
				if (record[k].line != entry[i].line ||
					record[k].file != entry[i].record->file)
					continue;
				if (!done) {
					look->at = record[k].recorded;
					state = dnssec_verify_set(look, &set);
					done = true;
				}
				if (state != DNSSEC_UNKNOWN && !record[k].window_source)
					record[k].dnssec = state;
			}
		}
	}
	answer->record = record;
	answer->dnssec = record->dnssec;
}

void dnssec_answer(const struct snapshot *snapshot, struct arena *arena, const char *name,
	unsigned type, struct dns_answer *answer)
{
	struct dnssec_look look = {snapshot, arena, answer->recorded};

	if (!snapshot->dnssec || type == DNS_RRSIG || answer->status == DNS_FAILED || answer->status == DNS_NOT_RECORDED)
		return;
	pthread_mutex_lock(&snapshot->dnssec->mutex);
	if (answer->status == DNS_FOUND) {
		validate_records(&look, name, type, answer);
	} else {
		enum dnssec state = validate_denial(&look, name, type);

		if (state != DNSSEC_UNKNOWN)
			answer->dnssec = state;
	}
	pthread_mutex_unlock(&snapshot->dnssec->mutex);
}

/* --- opening */

static bool holds_keys(const struct zone *zone)
{
	for (size_t i = 0; i < zone->count; i++)
		if (zone->entry[i].type == DNS_DNSKEY && zone->entry[i].kind == ZONE_RECORD)
			return true;
	return false;
}

int dnssec_open(struct snapshot *snapshot, const char *anchor_file, struct error *reterr)
{
	const struct zone *zone = &snapshot->zone;
	struct dnssec_store *store;
	struct dns *anchor;
	size_t problems;

	if (!anchor_file && !holds_keys(zone))
		return 0;
	anchor = anchor_file ? snapshot_load(&anchor_file, 1, NULL, reterr)
			     : snapshot_parse(SPAN(root_anchor), "root anchor", NULL, reterr);
	if (!anchor)
		return -1;
	snapshot_problems(anchor, &problems);
	if (problems || !snapshot_names(anchor)) {
		dns_free(anchor);
		return error_set(reterr, ERROR_FORMAT,
			"'%.150s' holds no trust anchors that can be read", anchor_file);
	}
	if (!holds_keys(zone)) {
		dns_free(anchor);
		return 0;
	}
	store = calloc(1, sizeof *store);
	if (!store)
		abort();
	pthread_mutex_init(&store->mutex, NULL);
	store->arena = arena_new();
	store->anchor = snapshot_of(anchor);
	store->order = ARENA_ARRAY(store->arena, const struct zone_entry *, zone->count);
	for (size_t i = 0; i < zone->count; i++)
		store->order[zone->entry[i].order - 1] = &zone->entry[i];
	snapshot->dnssec = store;
	return 0;
}

void dnssec_free(struct dnssec_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct known *k = store->known[i]; k; k = k->next)
			ldns_rr_list_deep_free(k->keys);
	dns_free(&store->anchor->dns);
	arena_free(store->arena);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

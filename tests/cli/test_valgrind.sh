#!/bin/sh
# SPDX-License-Identifier: ISC
# No definite leak and no bad access on five stories, by valgrind's word. AddressSanitizer has the rest.
n=0
for s in demo mbox-of-three list-changed microsoft-results-contradicted no-received; do
	n=$((n + 1))
	if ! command -v valgrind >/dev/null || [ "${MODE:-plain}" != plain ]; then
		echo "ok $n - $s # SKIP no valgrind, or not its build"
		continue
	fi
	out=$(valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 "${MAILCHECK:-./mailcheck}" --no-config \
		--fail-on none --all --dns "testdata/$s/dns.zone" "testdata/$s"/message.* 2>&1 >/dev/null)
	if [ $? -eq 0 ]; then echo "ok $n - $s"; else echo "$out" | head -30 | sed 's/^/# /'; echo "not ok $n - $s"; fi
done

#!/bin/sh
# SPDX-License-Identifier: ISC
# What is tracked speaks only of the project: no sentence about the place it was written in.
cd "$(git rev-parse --show-toplevel 2>/dev/null || echo .)" || exit 1
bad=$(git grep -nIiE '/work/|/root/|\bsubagent|\.library|\bLLM\b|deb\.debian\.org' -- . ':!tests/lint/test_speaks_of_itself.sh' | head)
if [ -z "$bad" ]; then echo "ok 1 - no word about the workplace"; else echo "$bad"; echo "not ok 1 - no word about the workplace"; fi

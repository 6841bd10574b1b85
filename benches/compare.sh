#!/usr/bin/env bash
# Compares the blog with a program written by hand, on PostgreSQL with 100,000 posts: requests per
# second, processor seconds per 1,000 requests, and the ratios. Takes four minutes after the build.
# Arguments are those of the comparison itself: --rounds, --seconds, --posts, --only, and
# --instructions, which counts under valgrind what a busy machine cannot time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --package blog --package restwell-benches
exec cargo xtask services -- "${CARGO_TARGET_DIR:-target}/release/compare" "$@"

#!/usr/bin/env bash
# Streams 100,000 posts with two tags each into the blog, on PostgreSQL, once for each shape of the
# answer: prints seconds, the bytes of body and answer, and the memory of the blog in MiB, before and
# at the most. An argument is another number of posts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" != measure ]; then
    cargo build --release --package blog
    exec cargo xtask services -- benches/stream.sh measure "${1:-100000}"
fi

posts=$2
blog="${CARGO_TARGET_DIR:-target}/release/blog"
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT

# The value of a member of the JSON that comes in.
member() {
    grep -o "\"$1\":\"\?[^\",}]*" | sed "s/\"$1\":\"\?//"
}

memory() {
    awk "/^$1:/ { printf \"%d\", \$2 / 1024 }" "/proc/$server/status"
}

serve() {
    PORT=0 LOG_LEVEL=error "$blog" >"$folder/output" &
    server=$!
    until url=$(grep -o '^Listening on http.*' "$folder/output"); do sleep 0.1; done
    url=${url#Listening on }
}

stop() {
    kill "$server"
    wait "$server" || true
    server=
}

measure() {
    local name=$1 query=$2 prefer=$3
    serve
    local login='{"username": "admin", "password": "correct-horse-battery"}'
    local json='Content-Type: application/json'
    token=$(curl -fsS -H "$json" -d "$login" "$url/api/v1/auth/token/" | member access)
    tags=$(curl -fsS "$url/api/v1/tags/" | member id | head -2 | paste -sd,)
    awk -v posts="$posts" -v tags="$tags" -v name="$name" 'BEGIN {
        for (n = 0; n < 45; n++) body = body "ten letters "
        for (n = 0; n < posts; n++)
            printf "{\"title\": \"%s %d\", \"body\": \"%s\", \"tags\": [%s]}\n", name, n, body, tags
    }' >"$folder/lines"
    # The peak of what came before, such as the hash of a password, is none of the stream.
    echo 5 >"/proc/$server/clear_refs"
    local before
    before=$(memory VmRSS)
    local figures
    figures=$(curl -fsS -X POST -T - -o "$folder/answer" \
        -H "Authorization: Bearer $token" -H 'Content-Type: application/x-ndjson' -H "$prefer" \
        -w '%{http_code} in %{time_total} s, body %{size_upload}, answer %{size_download}' \
        "$url/api/v1/posts/bulk/?$query" <"$folder/lines")
    echo "$name: $figures, memory $before, at the most $(memory VmHWM)"
    stop
}

# The first start makes the demo, with its users and tags.
serve
stop
measure results mode=partial 'Prefer: return=representation'
measure rows mode=atomic 'Prefer: return=representation'
measure minimal mode=atomic 'Prefer: return=minimal'

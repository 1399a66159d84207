#!/bin/sh
# Writes .tools/world.mk: which deno, and which configuration, `make` uses on this machine.
# WORLD=jsr or WORLD=npm skips the look for JSR. With x86_64 or aarch64 behind it: fetches the denort of such
# a machine and does nothing else.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .tools
export DENO_DIR="$PWD/.tools/cache" DENO_NO_UPDATE_CHECK=1 DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-mozilla,system}"
PINNED=2.7.11

# fetch PACKAGE@VERSION FILE BYTES SHA256 NAME: the first BYTES of FILE in an npm package
fetch() {
	[ -x ".tools/$5" ] && return
	[ "$(uname -sm)" = "Linux x86_64" ] || { echo "Cannot fetch $5 for $(uname -sm): put Deno $PINNED or newer on PATH." >&2; exit 1; }
	command -v npm >/dev/null || { echo "Cannot fetch $5: there is no npm. Put Deno $PINNED or newer on PATH, or install npm." >&2; exit 1; }
	tgz=$(cd .tools && npm pack --silent "$1") || { echo "Cannot fetch $5: npm does not give $1" >&2; exit 1; }
	tar -xzOf ".tools/$tgz" "package/$2" 2>/dev/null | head -c "$3" >".tools/$5.tmp"
	rm ".tools/$tgz"
	echo "$4  .tools/$5.tmp" | sha256sum -c --status || {
		rm ".tools/$5.tmp"
		echo "Cannot fetch $5: $1 has a wrong checksum" >&2
		exit 1
	}
	chmod +x ".tools/$5.tmp"
	mv ".tools/$5.tmp" ".tools/$5"
}
fetch_deno() {
	fetch @deno/linux-x64-glibc@$PINNED deno 124300224 \
		e518fbc96877fbc2b37820ec54a02e473166cb25a5d4d627ffde37360fd7d210 deno
}
# deno compile appends the program to denort, which npm has only inside programs compiled with it.
# The first bytes of these are the denort of Deno 2.7.11; see README.md.
fetch_denort() {
	case $1 in
	x86_64) fetch @stdy/cli-linux-x64@0.22.2 bin/steady 97076048 \
		f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6 "$2" ;;
	aarch64) fetch @stdy/cli-linux-arm64@0.22.2 bin/steady 90596104 \
		9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef "$2" ;;
	esac
}
# new_enough DENO: is it the pinned version or a later one?
new_enough() {
	have=$("$1" --version 2>/dev/null | sed -n 's/^deno \([0-9.]*\).*/\1/p')
	[ "$(printf '%s\n' $PINNED "$have" | sort -V | head -n 1)" = $PINNED ]
}

[ $# = 0 ] || { fetch_denort "$1" "denort-$1"; exit; }
deno=$(command -v deno || true)
{ [ -n "$deno" ] && new_enough "$deno"; } || { fetch_deno; deno=$PWD/.tools/deno; }
if [ -z "${WORLD:-}" ]; then
	WORLD=npm
	timeout 10 "$deno" eval --no-config 'await import("jsr:@std/cli@1.0.28/parse-args")' 2>/dev/null && WORLD=jsr
fi
if [ "$WORLD" = jsr ]; then
	printf 'DENO := %s\nWORLD := jsr\n' "$deno" >.tools/world.mk
	echo "JSR answers: building with $deno and deno.json as they are" >&2
	exit
fi
fetch_deno
fetch_denort x86_64 denort
.tools/deno run --no-config --allow-read=. --allow-write=. npm-only/config.ts
cat >.tools/world.mk <<EOF
DENO := $PWD/.tools/deno
CONFIG := -c .npm-only.json
WORLD := npm
export DENORT_BIN := $PWD/.tools/denort
EOF
echo "JSR is out of reach: using the npm-only set-up (npm-only/README.md)" >&2

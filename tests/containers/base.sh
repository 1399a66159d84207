#!/bin/bash
# base.sh DIR PROGRAM: what the Dockerfile's first stage needs of its base, from this machine's own files.
set -euo pipefail
dir=$1
mkdir -p "$dir"/usr/{bin,sbin,lib,lib64} "$dir/tmp"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$dir/$name"; done
for name in sh bash ldd grep mkdir cp chown chmod; do cp "$(readlink -f "$(command -v "$name")")" "$dir/usr/bin/$name"; done
for file in "$dir"/usr/bin/* "$2"; do ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || :; done | sort -u |
	while read -r library; do
		mkdir -p "$dir${library%/*}"
		cp -L "$library" "$dir$library"
	done

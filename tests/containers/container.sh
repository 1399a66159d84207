#!/bin/bash
# container.sh ROOT USER [NAME=VALUE ...] -- [FROM:TO ...] -- COMMAND ...: what an engine does to run an image that lies in
# ROOT: a namespace of its own for processes and mounts, the root read-only, no privilege, and COMMAND as PID 1.
set -euo pipefail
exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
	root=$1 user=$2 environment=()
	shift 2
	until [ "$1" = -- ]; do environment+=("$1"); shift; done
	shift
	mount --bind "$root" "$root"
	mount -o remount,bind,ro "$root"
	until [ "$1" = -- ]; do mount --bind "${1%%:*}" "$root${1#*:}"; shift; done
	shift
	mount -t proc proc "$root/proc"
	mount -t tmpfs tmpfs "$root/tmp"
	exec env -i "${environment[@]}" /usr/sbin/chroot --userspec="$user" "$root" "$@"
' container.sh "$@"

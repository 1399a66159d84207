#!/bin/sh
# deploy.sh HOST [PROGRAM]: puts PROGRAM on HOST over ssh, or without it the version that HOST had before.
# Nothing is stopped but the daemon, which is restarted once the new program's doctor has no objection.
set -eu
host=${1:?"HOST= is missing: make deploy HOST=user@machine"} program=${2:-}
say() { echo "$host: $*" >&2; }

install=/usr/local/bin/allora-pipeline.previous
if [ -n "$program" ]; then
	case $(od -An -tu2 -j18 -N2 "$program" | tr -d ' ') in
	62) machine=x86_64 ;; 183) machine=aarch64 ;; *) machine=unknown ;;
	esac
	there=$(ssh "$host" uname -m)
	[ "$machine" = "$there" ] || {
		say "it is $there, and $program is for $machine: make build TARGET=$there, then make deploy TARGET=$there HOST=$host"
		exit 1
	}
	needed=$(grep -aoE 'GLIBC_2\.[0-9]+' "$program" | sort -uV | tail -n 1 | cut -d_ -f2)
	glibc=$(ssh "$host" getconf GNU_LIBC_VERSION | cut -d' ' -f2)
	[ "$(printf '%s\n' "$needed" "${glibc:-0}" | sort -V | head -n 1)" = "$needed" ] || {
		say "its glibc is ${glibc:-missing}, and $program needs $needed: use a newer distribution"
		exit 1
	}
	# Beside the one in use, and not over it: a timer may start it at any time.
	install=$(ssh "$host" mktemp -d)/allora-pipeline
	scp -q "$program" "$host:$install"
	trap 'ssh "$host" rm -r "$(dirname "$install")"' EXIT
fi
ssh "$host" "sudo sh -ec '
	chmod +x $install
	$install install --by-make >/dev/null
	systemd-sysusers allora-pipeline.conf
	systemd-tmpfiles --create allora-pipeline.conf
	journalctl -q --update-catalog
	systemctl daemon-reload
	/usr/local/bin/allora-pipeline doctor || {
		echo \"doctor objects: the daemon, if it runs, still is the old program; make rollback HOST=$host undoes this\" >&2
		exit 1
	}
	systemctl try-restart allora-pipeline-daemon.service
	/usr/local/bin/allora-pipeline version
'"

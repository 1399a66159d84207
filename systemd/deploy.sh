#!/bin/sh
# deploy.sh HOST [PROGRAM]: puts PROGRAM on HOST over ssh, once its doctor has no objection; or without it the
# version that HOST had before, whatever doctor says, if that can read the ledger. Nothing is stopped but the
# daemon, which is restarted.
# PREFIX: as for make install.
set -eu
[ -n "${1:-}" ] || { echo "HOST= is missing: make deploy HOST=user@machine" >&2; exit 64; }
host=$1 program=${2:-} prefix=${PREFIX:-/usr/local}
say() { echo "$host: $*" >&2; }

install=$prefix/bin/allora-pipeline.previous
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
	systemd=$(ssh "$host" systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
	[ "${systemd:-0}" -ge 251 ] || {
		say "its systemd is ${systemd:-missing}, and the units need 251 or newer: an older one hands them no secrets"
		exit 1
	}
	# Beside the one in use, and not over it: a timer may start it at any time.
	install=$(ssh "$host" mktemp -d)/allora-pipeline
	trap 'ssh "$host" rm -r "$(dirname "$install")"' EXIT
	scp -q "$program" "$host:$install"
fi
ssh "$host" "sudo sh -ec '
	is_set_up() {
		cd /etc/allora-pipeline 2>/dev/null && ls topics | grep -q \"[.]env\$\" && {
			[ -e mnemonic ] || [ -e /etc/credstore.encrypted/allora-pipeline.mnemonic ] ||
				grep -qs ^ALLORA_MNEMONIC_FILE= allora-pipeline.env
		}
	}
	(is_set_up) && new= || new=yes
	[ -e $install ] || { echo \"there is no version before: $install is missing\" >&2; exit 1; }
	chmod +x $install
	[ -z \"$program\" ] || [ -n \"\$new\" ] || $install doctor || {
		echo \"doctor objects: nothing is changed, the program that was there goes on\" >&2
		exit 1
	}
	$install install --by-make --prefix $prefix >/dev/null
	systemd-sysusers allora-pipeline.conf
	systemd-tmpfiles --create allora-pipeline.conf
	journalctl -q --update-catalog
	systemctl daemon-reload
	systemctl try-restart allora-pipeline-daemon.service
	[ -n \"$program\" ] || $prefix/bin/allora-pipeline doctor ||
		echo \"doctor objects: the version before is in use all the same\" >&2
	$prefix/bin/allora-pipeline version
	[ -z \"\$new\" ] || $prefix/bin/allora-pipeline install --by-make --prefix $prefix
'"

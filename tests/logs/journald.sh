#!/bin/bash
# A journal of its own, in its own mount namespace: `unshare --mount bash journald.sh COMMAND…` runs
# COMMAND with stderr on a stream to it, as systemd starts a service, and prints what the journal holds
# of allora-pipeline, an object a line. 77: mounts are not allowed here.
set -euo pipefail
mount -t tmpfs none /run 2>/dev/null || exit 77
mkdir -p /run/systemd/journald.conf.d /run/systemd/journal /run/log/journal
printf '[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\n' > /run/systemd/journald.conf.d/own.conf
/lib/systemd/systemd-journald 2>/dev/null &
journald=$!
trap 'kill $journald' EXIT
for _ in {1..100}; do
	[[ -S /run/systemd/journal/stdout && -S /run/systemd/journal/socket ]] && break
	sleep 0.02
done
# systemd itself sets JOURNAL_STREAM; systemd-cat leaves that to us.
systemd-cat --identifier=allora-pipeline bash -c \
	'export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/2); exec "$@"' _ "$@" || true
journalctl --sync
journalctl -q -o json ALLORA_TOPIC_ID=67
echo
journalctl -q -o json SYSLOG_IDENTIFIER=allora-pipeline

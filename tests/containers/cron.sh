#!/bin/bash
# cron.sh DIR PROGRAM CRONTAB: Debian's cron over a copy-on-write view of this machine, with PROGRAM installed, DIR's etc,
# state and logs in their places, and CRONTAB as the service user's; a minute of cron takes three seconds.
# When stdin ends, what cron has started may end too.
set -euo pipefail
exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
	dir=$1 program=$2 crontab=$3 name=allora-pipeline
	mount -t tmpfs tmpfs /mnt
	mkdir /mnt/up /mnt/tmp /mnt/root
	mount -t overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/tmp overlay /mnt/root
	cd /mnt/root
	mount -t proc proc proc
	mount --rbind /dev dev
	for empty in run tmp var/spool/cron/crontabs; do mount -t tmpfs -o mode=1777 tmpfs $empty; done
	rm -rf etc/cron.d etc/crontab
	id -u $name >/dev/null 2>&1 || chroot . useradd --uid 10001 --user-group --no-create-home $name
	for place in etc/$name:etc var/lib/$name:state var/log/$name:logs; do
		mkdir -p "${place%:*}"
		mount --bind "$dir/${place#*:}" "${place%:*}"
	done
	install -m 755 "$program" usr/local/bin/$name
	chroot . crontab -u $name - <"$crontab"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LD_PRELOAD="$(echo /usr/lib/*/faketime/libfaketime.so.1)" FAKETIME="+0 x20" \
		chroot . cron -f &
	read -r _ || :
	kill $!
	while chroot . pgrep -x $name >/dev/null; do sleep 0.1; done
' cron.sh "$@"

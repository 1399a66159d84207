#!/bin/bash
# boot.sh PROJECT: boots a real systemd over a copy-on-write view of this machine, with PROJECT read-only
# at /mnt; prints its process id, and turns it off when stdin ends. 77: it cannot be done here, and why.
set -euo pipefail
project=$(realpath "$1") name=allora-pipeline init=
skip() { echo "$*" >&2; exit 77; }
fail() { echo "$*" >&2; exit 1; }
until_true() { local tries; for ((tries = $1; tries > 0; tries--)); do "${@:2}" && return 0; sleep 0.05; done; false; }

[ "$(id -u)" = 0 ] || skip "it needs root"
[ -x /lib/systemd/systemd ] || skip "systemd is not installed"
for tool in setpriv unshare nsenter pivot_root findmnt pgrep; do command -v $tool >/dev/null || skip "$tool is not installed"; done
cgroups=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
[ -f "$cgroups/cgroup.procs" ] || skip "there is no cgroup2 mount"
isolated=(setpriv --pdeathsig KILL --bounding-set -sys_time,-sys_module,-sys_rawio,-sys_boot,-syslog
	unshare --mount --pid --fork --kill-child --uts --ipc --propagation private)
why=$("${isolated[@]}" sh -ec 'mount -t tmpfs tmpfs /mnt; mkdir /mnt/up /mnt/tmp; mount -t proc proc /proc; mount -t cgroup2 cgroup2 /mnt/up
	umount /mnt/up; mount -t overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/tmp overlay /mnt' 2>&1) || skip "no mounts in own namespaces: $why"
cgroup=$cgroups/$name-test-$$
mkdir "$cgroup" 2>/dev/null || skip "cannot write $cgroups"

work=$(mktemp -d)
gone() { ! kill -0 "$outer" 2>/dev/null; }
clean() { find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null; }
stop() {
	[ -z "$init" ] || kill -s RTMIN+4 "$init" 2>/dev/null || : # asks systemd for poweroff.target
	until_true 200 gone || kill -KILL "$outer" # takes the PID namespace along
	wait "$outer" 2>/dev/null || :
	until_true 40 clean || echo "$cgroup is left" >&2
	rmdir "$work"
}
export work project name cgroup # only PID 1 may be in the cgroup: beside another process it could not enable controllers
"${isolated[@]}" bash -euc 'echo 0 >"$cgroup/cgroup.procs"; exec unshare --cgroup bash -euc "$0"' '
	mount -t tmpfs -o mode=755 tmpfs "$work"; cd "$work"; mkdir up tmp root
	mount -t overlay -o lowerdir=/,upperdir=up,workdir=tmp overlay root; cd root
	mount -t proc proc proc; mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
	mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
	for dir in dev run var/log; do mount -t tmpfs -o mode=755 tmpfs $dir; done
	mount -t tmpfs -o mode=1777 tmpfs tmp; mount --bind -o ro "$project" mnt
	cp -a /dev/{null,zero,full,random,urandom,tty} dev; ln -s /proc/self/fd dev/fd; mkdir dev/pts
	mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
	# Nothing of the machine may start or be used: its units, generators, SysV scripts, disks; our settings, secrets, state.
	rm -rf etc/systemd/* usr/local/lib/systemd usr/lib/systemd/system-generators etc/{init.d,rc?.d,fstab,crypttab} \
		etc/{credstore*,"$name"} var/{lib,cache}/"$name" var/lib/systemd; mkdir -p etc/systemd/system
	tr -d - </proc/sys/kernel/random/uuid >etc/machine-id; echo "$name-test" >etc/hostname
	pivot_root . .; umount -l .; mount --make-rshared / # unless / is shared, services get empty credentials
	exec env -i container=other /lib/systemd/systemd --unit=multi-user.target' </dev/null >/dev/null 2>&1 &
outer=$!
trap stop EXIT
up() {
	! gone || fail "systemd ended"
	init=$(pgrep -P "$outer" -x systemd) &&
		[[ $(nsenter --target "$init" --all env -i PATH=/usr/bin systemctl is-system-running 2>/dev/null) =~ running|degraded ]]
}
until_true 300 up || fail "systemd is not up"
echo "$init"
read -r _ || :

# Installs the package $1 beside this machine, in a picture of it that nobody else sees, and takes it off again. For root,
# and for `unshare --mount`; without that right, ends with 77. What it prints is compared.
set -eu
picture=$(mktemp -d)
trap 'umount --recursive "$picture"; rmdir "$picture"' EXIT
mount -t tmpfs tmpfs "$picture" 2>/dev/null || { rmdir "$picture"; trap - EXIT; exit 77; }
mkdir "$picture/changes" "$picture/work" "$picture/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$picture/changes,workdir=$picture/work" "$picture/root" 2>/dev/null || exit 77
mount --rbind /proc "$picture/root/proc"
mount --rbind /dev "$picture/root/dev"
mount -t tmpfs tmpfs "$picture/root/tmp"
mount -t tmpfs tmpfs "$picture/root/run"
cp "$1" "$picture/root/tmp/passerelle.deb"

chroot "$picture/root" sh -eu <<'END'
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin
as_service() { setpriv --reuid passerelle --regid passerelle --clear-groups "$@"; }
state() { stat --format '%n %A %U:%G' "$@"; }

echo "# installed"
dpkg --force-unsafe-io --install /tmp/passerelle.deb >/dev/null
getent passwd passerelle | cut -d: -f1,6,7
state /etc/passerelle /etc/passerelle/passerelle.toml /etc/passerelle/credentials
systemd-analyze verify --man=no /lib/systemd/system/passerelle*.service /lib/systemd/system/passerelle*.timer
find /etc/systemd/system -name 'passerelle*'
as_service passerelle --version | sed 's/ [0-9.]*$//'
as_service passerelle --site /etc/passerelle/passerelle.toml check >/dev/null
install -d -o passerelle /tmp/trial && cd /tmp/trial
as_service passerelle run --sample >/dev/null || echo "the sample ends with $?"

echo "# changed and installed again"
echo "# ours" >>/etc/passerelle/passerelle.toml
dpkg-statoverride --update --add root passerelle 0770 /etc/passerelle
dpkg --force-unsafe-io --install /tmp/passerelle.deb >/dev/null 2>&1
tail -n 1 /etc/passerelle/passerelle.toml
state /etc/passerelle
dpkg-statoverride --remove /etc/passerelle

echo "# removed"
install -d -o passerelle -m 700 /var/lib/passerelle
touch /var/lib/passerelle/state.db
mkdir -p /etc/systemd/system/timers.target.wants
ln -s /lib/systemd/system/passerelle@.timer /etc/systemd/system/timers.target.wants/passerelle@skillup.timer
dpkg --remove passerelle >/dev/null
ls /etc/passerelle /var/lib/passerelle
command -v passerelle || echo "no program"

echo "# purged"
dpkg --purge passerelle >/dev/null
END
# What is written goes here, and nothing else of this machine does.
find "$picture/changes" -name '*passerelle*' -not -path '*/var/log/*'

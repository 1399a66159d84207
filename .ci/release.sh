#!/bin/sh
# release.sh KEY PROGRAM: what `make release` puts into release/, signed with the SSH key in the file KEY.
# DENO, CONFIG, WORLD, COMMIT and COMMIT_TIME are those of the Makefile, which has built PROGRAM.
# Without PROGRAM: only whether there can be a release.
set -eu
cd "$(dirname "$0")/.."
key=$1 program=${2:-}
refuse() {
	echo "Cannot release: $1" >&2
	exit 1
}

[ -n "$key" ] || refuse "no key signs it: ssh-keygen -t ed25519 -f release-key, then make release KEY=release-key"
[ -r "$key" ] || refuse "the key $key cannot be read"
[ -r CHANGELOG.md ] || refuse "CHANGELOG.md is missing"
git diff --quiet HEAD || refuse "there are changes that are in no commit: git status"
[ -n "$program" ] || exit 0

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
machine=${program##*/allora-pipeline}
machine=${machine#-}
name=allora-pipeline-$version-linux-${machine:-$(uname -m)}
lock=deno.lock
[ "$WORLD" = jsr ] || lock=.npm-only.lock

rm -rf release
mkdir release
cp "$program" "release/$name"
cp CHANGELOG.md release
$DENO run -q $CONFIG --frozen -A src/main.ts help man >release/allora-pipeline.1
$DENO run -q $CONFIG --frozen --allow-read=. .ci/sbom.ts "$lock" "$COMMIT" "$COMMIT_TIME" >"release/$name.cdx.json"
cd release
sha256sum -- * >../SHA256SUMS.new
mv ../SHA256SUMS.new SHA256SUMS
cd ..
ssh-keygen -q -Y sign -n file -f "$key" release/SHA256SUMS
signer=$(ssh-keygen -y -f "$key" | cut -d' ' -f1,2)
cat <<EOF
# In release/ is $name, signed. Whoever has this line from you, and not from where the files are, checks with:
echo 'allora-pipeline namespaces="file" $signer' >allowed_signers
ssh-keygen -Y verify -f allowed_signers -I allora-pipeline -n file -s SHA256SUMS.sig <SHA256SUMS && sha256sum --strict -c SHA256SUMS
EOF

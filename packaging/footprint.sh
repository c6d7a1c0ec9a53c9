#!/usr/bin/env bash
# Measures what docs/FOOTPRINT.md tells: packaging/footprint.sh [sizes | empty | start | first-run | clients | million | backup]…
#
# Builds what it needs: the static program, the bare Node server beside it, the store of a million messages.
# Options of packaging/footprint.mjs are taken too. Run it on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
[ -x "target/dist/inkspot-$version-x86_64" ] || packaging/build.sh x86_64
for folder in tests/js tests/browser benches/peers; do
    [ -d "$folder/node_modules" ] || (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
done
[ -x benches/target/release/memory ] || cargo build --release --locked --manifest-path benches/Cargo.toml --bin memory
exec node packaging/footprint.mjs "$@"

#!/bin/sh
# Builds the addon in a bare AlmaLinux 8 or Alpine container, for the glibc or musl that it has. The release workflow runs it.
set -eu
if command -v apk > /dev/null; then
  apk add --no-cache curl gcc musl-dev
  # musl's default is static, and a static library cannot be an addon.
  export RUSTFLAGS="-C target-feature=-crt-static"
else
  dnf --assumeyes module enable nodejs:20
  dnf --assumeyes install gcc make nodejs npm
  # Pages of 64 KB, as some kernels have: jemalloc takes smaller ones too, but not larger ones.
  if [ "$(uname -m)" = aarch64 ]; then export JEMALLOC_SYS_WITH_LG_PAGE=16; fi
fi
curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs | sh -s -- -y --profile minimal --component llvm-tools --default-toolchain "$RUSTUP_TOOLCHAIN"
PATH="$HOME/.cargo/bin:$PATH" npm run build:release

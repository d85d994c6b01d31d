#!/usr/bin/env bash
# Pages as their readers use them: opens each kind of page from a file in Chromium, moves levers, compares numbers with the
# command, saves a change and runs it again, looks for what keeps people out (axe-core), takes pictures; opens one in Firefox;
# and tests and lints the pages' script by itself. Installs what is missing: Debian's chromium and firefox-esr (with root;
# skipped without), and from npm what package.json here names.
#
#   scripts/page-test.sh [PROGRAM] [FOLDER]     default: target/release/poolwise, target/page-test
#   PICTURES=docs scripts/page-test.sh          puts the pictures of the tour and the README there as well
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
program=$(realpath -m "${1:-$target/release/poolwise}")
folder=$(realpath -m "${2:-$target/page-test}")

. scripts/needs.sh

command -v node > /dev/null || install nodejs || skip "pages are tested by Node.js, which is not here and cannot be installed"
(cd crates/report/page && node --test > "$target/page-script.log" 2>&1) \
    || { cat "$target/page-script.log"; exit 1; }
command -v npm > /dev/null || install npm || skip "browsers are driven by packages from npm, which is not here"
tools=$target/page-tools
mkdir -p "$tools"
cmp -s scripts/page/package.json "$tools/wanted.json" \
    || { npm install --silent --no-audit --no-fund --prefix "$tools" \
            $(node -p "Object.entries(require('./scripts/page/package.json').devDependencies).map(([n, v]) => n + '@' + v).join(' ')") \
            > /dev/null 2>&1 && cp scripts/page/package.json "$tools/wanted.json"; } \
    || skip "packages that drive browsers cannot be had from npm"
(cd crates/report/page && "$tools/node_modules/.bin/biome" lint --error-on-warnings . > "$target/page-lint.log" 2>&1) \
    || { cat "$target/page-lint.log"; exit 1; }
command -v chromium > /dev/null || install chromium || skip "there is no chromium, and it cannot be installed"
command -v firefox-esr > /dev/null || install firefox-esr || echo "SKIPPED: firefox-esr cannot be installed" >&2
NODE_PATH=$tools/node_modules node scripts/page/pages.mjs "$program" "$folder" "$tools"

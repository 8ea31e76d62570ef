#!/usr/bin/env bash
# What the browser tests need: their npm packages and a Chromium. Playwright's own browser or an
# installed Chromium or Chrome is used; otherwise one is installed.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

tests=$ROOT/end2end

get_packages() {
    local sum
    sum=$(sha256 "$tests/package-lock.json")
    if [ "$(cat "$tests/node_modules/.from" 2>/dev/null)" = "$sum" ]; then return; fi
    step "installing the browser tests' packages (npm)"
    (cd "$tests" && npm ci --no-audit --no-fund --loglevel=error >&2)
    echo "$sum" >"$tests/node_modules/.from"
}

playwrights_own() {
    local path
    path=$(cd "$tests" && node -e 'console.log(require("@playwright/test").chromium.executablePath())')
    [ -x "$path" ]
}

installed_browser() { have chromium || have chromium-browser || have google-chrome; }

get_chromium() {
    if installed_browser || playwrights_own; then return; fi
    with_lock apt apt_install chromium fonts-liberation || true
    if installed_browser; then return; fi
    step "installing Playwright's own Chromium"
    (cd "$tests" && npx playwright install chromium >&2) ||
        die "no Chromium for the browser tests: install \`chromium\` and repeat"
}

"$ROOT/scripts/get-node.sh"
with_lock browser-packages get_packages
with_lock browser get_chromium

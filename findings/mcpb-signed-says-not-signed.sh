#!/usr/bin/env bash
# A bundle that was signed successfully is, by the same tool, not signed.
#
# `mcpb sign --self-signed` of @anthropic-ai/mcpb 2.1.2 ends with "Successfully
# signed" and exit code 0, and the file has grown by a signature. `mcpb verify` of
# that file answers "Extension is not signed", `mcpb info` "Not signed". One would
# expect to be told of a signature by a certificate that nobody vouches for, which
# the tool has a word for: self-signed.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @anthropic-ai/mcpb@2.1.2 >/dev/null 2>&1
mkdir -p hello/server && printf '#!/bin/sh\n' > hello/server/hello
cat > hello/manifest.json <<'JSON'
{"manifest_version": "0.3", "name": "hello", "version": "1.0.0", "description": "says hello", "author": {"name": "somebody"},
 "server": {"type": "binary", "entry_point": "server/hello", "mcp_config": {"command": "${__dirname}/server/hello", "args": []}}}
JSON
mcpb=node_modules/.bin/mcpb
$mcpb pack hello hello.mcpb >/dev/null
before=$(stat -c %s hello.mcpb)
$mcpb sign --self-signed hello.mcpb | tail -1
[ "$(stat -c %s hello.mcpb)" -gt "$before" ]
verified=0; $mcpb verify hello.mcpb 2>&1 | tee verify || verified=$?
$mcpb info hello.mcpb 2>&1 | tee info
[ "$verified" = 1 ]
grep -q 'Extension is not signed' verify
grep -q 'Not signed' info
echo 'as found'

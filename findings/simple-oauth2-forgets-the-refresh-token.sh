#!/usr/bin/env bash
# The second refresh sends an empty refresh token.
#
# A server that keeps the refresh token leaves it out of the answer to a refresh
# (RFC 6749, 6: "may issue a new refresh token"), as Kakao does until a month before it
# ends. Clients are expected to go on with the one they have; x/oauth2, Authlib and
# requests-oauthlib do. simple-oauth2 5.1.0 means to, but looks for it on the wrong
# object: what refresh() returns has lost it, and the next refresh sends the field empty.
# The first refresh works, so that it shows only after two lives of an access token.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . simple-oauth2@5.1.0 >/dev/null 2>&1
cat > refresh.cjs <<'JS'
const http = require('http')
const { AuthorizationCode } = require('simple-oauth2')

const server = http.createServer((request, response) => {
  let body = ''
  request.on('data', part => { body += part })
  request.on('end', () => {
    const sent = new URLSearchParams(body)
    const answer = { access_token: 'access', token_type: 'bearer', expires_in: 21599 }
    if (sent.get('grant_type') === 'authorization_code') answer.refresh_token = 'lasting'
    else console.log(`sent: refresh_token="${sent.get('refresh_token')}"`)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
})
server.listen(0, '127.0.0.1', async () => {
  const client = new AuthorizationCode({
    client: { id: 'id', secret: 'secret' },
    auth: { tokenHost: `http://127.0.0.1:${server.address().port}`, tokenPath: '/token' },
  })
  let token = await client.getToken({ code: 'code', redirect_uri: 'http://localhost/callback' })
  for (let i = 0; i < 2; i++) {
    token = await token.refresh()
    console.log(`kept: ${token.token.refresh_token}`)
  }
  server.close()
})
JS
node refresh.cjs | tee seen
[ "$(cat seen)" = 'sent: refresh_token="lasting"
kept: undefined
sent: refresh_token=""
kept: undefined' ]
echo 'as found'

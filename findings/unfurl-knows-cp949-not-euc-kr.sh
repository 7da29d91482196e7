#!/usr/bin/env bash
# The title of a Korean page is four question marks.
#
# Older Korean pages say charset=euc-kr; cp949 is its superset, a name that browsers do not
# take. A reader of link previews that brings tables for East Asia would be expected to
# read by the name that pages bear. unfurl.js 6.4.0 has EUC-JP, Shift_JIS, Big5, GBK and
# for Korea cp949 alone: a page that says euc-kr is read as UTF-8, without an error, and
# the same bytes under cp949 are read right. open-graph-scraper 6.12.0 takes the name in
# the page; the one in the header of the answer, which goes first for a browser, it does
# not look at, and guesses from the bytes.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . unfurl.js@6.4.0 open-graph-scraper@6.12.0 >/dev/null 2>&1
cat > read.mjs <<'JS'
import http from 'http'
import { unfurl } from 'unfurl.js'
import scrape from 'open-graph-scraper'
// "가나", in EUC-KR as in cp949.
const title = Buffer.from([0xb0, 0xa1, 0xb3, 0xaa])
const server = http.createServer((request, response) => {
  const [, place, charset] = request.url.split('/')
  response.setHeader('content-type', place === 'header' ? `text/html; charset=${charset}` : 'text/html')
  const meta = place === 'page' ? `<meta charset="${charset}">` : ''
  response.end(Buffer.concat([Buffer.from(`<html><head>${meta}<meta property="og:title" content="`), title, Buffer.from('"></head></html>')]))
}).listen(0, '127.0.0.1', async () => {
  for (const path of ['header/euc-kr', 'page/euc-kr', 'header/cp949']) {
    const url = `http://127.0.0.1:${server.address().port}/${path}`
    console.log(`${path} unfurl.js: ${(await unfurl(url)).open_graph.title}`)
    console.log(`${path} open-graph-scraper: ${(await scrape({ url })).result.ogTitle}`)
  }
  server.close()
})
JS
node read.mjs | tee seen
[ "$(cat seen)" = 'header/euc-kr unfurl.js: ����
header/euc-kr open-graph-scraper: °¡³ª
page/euc-kr unfurl.js: ����
page/euc-kr open-graph-scraper: 가나
header/cp949 unfurl.js: 가나
header/cp949 open-graph-scraper: °¡³ª' ]
echo 'as found'

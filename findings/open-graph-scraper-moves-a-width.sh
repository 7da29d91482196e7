#!/usr/bin/env bash
# The width of the third picture is given to the second.
#
# A page may name several pictures, and what stands behind one, like og:image:width, is its
# own until the next (ogp.me, "Arrays", whose example has three pictures and numbers at
# the first and the last); of two og:title the first counts. open-graph-scraper 6.12.0
# collects all pictures and all numbers, joins them by their places in those lists and
# puts the widest first: here the second, with a width that is said of the third. Of two
# titles it takes the last. One would expect a library named after the protocol to read
# the protocol's example. unfurl.js 6.4.0 reads both as it says.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . open-graph-scraper@6.12.0 unfurl.js@6.4.0 >/dev/null 2>&1
cat > page.html <<'HTML'
<!doctype html><html><head><meta charset="utf-8"><title>page</title>
<meta property="og:title" content="first"><meta property="og:title" content="last">
<meta property="og:image" content="https://example.com/1.jpg"><meta property="og:image:width" content="100"><meta property="og:image:height" content="10">
<meta property="og:image" content="https://example.com/2.jpg">
<meta property="og:image" content="https://example.com/3.jpg"><meta property="og:image:width" content="300">
</head><body></body></html>
HTML
cat > read.mjs <<'JS'
import fs from 'fs'
import http from 'http'
import scrape from 'open-graph-scraper'
import { unfurl } from 'unfurl.js'
const html = fs.readFileSync('page.html', 'utf8')
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(html)
}).listen(0, '127.0.0.1', async () => {
  const say = (name, title, images) => {
    console.log(`${name}: ${title},`, images.map(i => `${i.url.at(-5)}.jpg ${i.width ?? '-'} x ${i.height ?? '-'}`).join(', '))
  }
  const { result } = await scrape({ html })
  say('open-graph-scraper', result.ogTitle, result.ogImage)
  const { open_graph: read } = await unfurl(`http://127.0.0.1:${server.address().port}/`)
  say('unfurl.js', read.title, read.images)
  server.close()
})
JS
node read.mjs | tee seen
[ "$(cat seen)" = 'open-graph-scraper: last, 2.jpg 300 x -, 1.jpg 100 x 10, 3.jpg - x -
unfurl.js: first, 1.jpg 100 x 10, 2.jpg - x -, 3.jpg 300 x -' ]
echo 'as found'

#!/usr/bin/env bash
# A tool call that comes with the end of the stream is never announced.
#
# A chunk of a streamed answer holds a delta and a finish_reason; a server may put the whole
# call and the reason into one. One would expect the helpers of OpenAI's own libraries to
# announce that call like any other. openai 3.57.0 (Python), openai 7.59.0 (Node) and
# openai-go 3.99.0 announce none, though the message that they put together holds it; where
# the reason comes in a chunk of its own, all three announce it.
set -euo pipefail
tmp=$(mktemp -d); server=; trap 'kill $server 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check openai==3.57.0
npm install --silent --no-audit --no-fund --prefix . openai@7.59.0 >/dev/null 2>&1
go mod init finding >go.log 2>&1
go get github.com/openai/openai-go/v3@v3.99.0 >>go.log 2>&1
cat > server.mjs <<'JS'
import http from 'http'
const call = { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'send', arguments: '{}' } }] }
const streams = {
  '/apart/chat/completions': [[{ role: 'assistant' }], [call], [{}, 'tool_calls']],
  '/together/chat/completions': [[{ role: 'assistant' }], [call, 'tool_calls']],
}
http.createServer((request, response) => {
  response.setHeader('content-type', 'text/event-stream')
  for (const [delta, finish_reason = null] of streams[request.url]) {
    const choices = [{ index: 0, delta, finish_reason }]
    response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`)
  }
  response.end('data: [DONE]\n\n')
}).listen(0, '127.0.0.1', function () { console.log(`http://127.0.0.1:${this.address().port}`) })
JS
cat > client.mjs <<'JS'
import OpenAI from 'openai'
const stream = new OpenAI({ apiKey: 'k', baseURL: process.argv[2] }).chat.completions.stream({ model: 'm', messages: [] })
let announced = 0
stream.on('tool_calls.function.arguments.done', () => { announced++ })
const message = (await stream.finalChatCompletion()).choices[0].message
console.log(`Node: announced ${announced}, in the message ${message.tool_calls.length}`)
JS
cat > client.py <<'PY'
import sys, openai
with openai.OpenAI(api_key="k", base_url=sys.argv[1]).chat.completions.stream(model="m", messages=[]) as stream:
    announced = sum(event.type == "tool_calls.function.arguments.done" for event in stream)
    message = stream.get_final_completion().choices[0].message
print(f"Python: announced {announced}, in the message {len(message.tool_calls)}")
PY
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	client := openai.NewClient(option.WithBaseURL(os.Args[1]), option.WithAPIKey("k"))
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{Model: "m"})
	var all openai.ChatCompletionAccumulator
	announced := 0
	for stream.Next() {
		all.AddChunk(stream.Current())
		if _, ok := all.JustFinishedToolCall(); ok {
			announced++
		}
	}
	fmt.Printf("Go: announced %d, in the message %d\n", announced, len(all.Choices[0].Message.ToolCalls))
}
GO
go mod tidy >>go.log 2>&1 && go build -o client .
node server.mjs > address & server=$!
until [ -s address ]; do sleep 0.05; done
for way in apart together; do
  { url=$(cat address)/$way; venv/bin/python client.py "$url"; node client.mjs "$url"; ./client "$url"; } | sed "s/^/$way: /"
done | tee seen
[ "$(grep -c '^apart: .* announced 1, in the message 1$' seen)" = 3 ]
[ "$(grep -c '^together: .* announced 0, in the message 1$' seen)" = 3 ]
echo 'as found'

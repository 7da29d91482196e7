#!/usr/bin/env bash
# What a tool is called with is shown to the person who reads along.
#
# Programs show an answer while it comes, through WithStreamingFunc, and take tool calls
# from the finished answer. One would expect that function to get the text. langchaingo
# 0.1.14 gives it each piece of a call as well, as JSON, right behind the text. The pieces
# of two calls that come by turns (each says by its index which call it is for) all go
# to the call that came last, and the other one has no arguments. An answer of one piece
# of more than 64 KiB, which a server that does not stream in earnest sends, is an error.
set -euo pipefail
tmp=$(mktemp -d); server=; trap 'kill $server 2>/dev/null || true; rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/tmc/langchaingo@v0.1.14 >>go.log 2>&1
cat > server.mjs <<'JS'
import http from 'http'
const call = (index, rest) => ({ tool_calls: [{ index, ...rest }] })
const begin = (index, id, name) => call(index, { id, type: 'function', function: { name, arguments: '' } })
const argue = (index, text) => call(index, { function: { arguments: text } })
const streams = {
  one: [{ content: 'Sending.' }, begin(0, 'a', 'send'), argue(0, '{"to":'), argue(0, '"Kim"}')],
  turns: [begin(0, 'a', 'send'), begin(1, 'b', 'look'), argue(0, '{"to":"Kim"}'), argue(1, '{"day":1}')],
  long: [{ content: '가'.repeat(30000) }],
}
http.createServer((request, response) => {
  const deltas = streams[request.url.split('/')[1]]
  response.setHeader('content-type', 'text/event-stream')
  const write = (delta, finish_reason = null) => {
    const choices = [{ index: 0, delta, finish_reason }]
    response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`)
  }
  write({ role: 'assistant', content: '' })
  for (const delta of deltas) write(delta)
  write({}, 'stop')
  response.end('data: [DONE]\n\n')
}).listen(0, '127.0.0.1', function () { console.log(`http://127.0.0.1:${this.address().port}`) })
JS
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
)

func main() {
	for _, stream := range []string{"one", "turns", "long"} {
		model, err := openai.New(openai.WithBaseURL(os.Args[1]+"/"+stream), openai.WithToken("k"), openai.WithModel("m"))
		must(err)
		shown := ""
		show := llms.WithStreamingFunc(func(_ context.Context, part []byte) error {
			shown += string(part)
			return nil
		})
		answer, err := model.GenerateContent(context.Background(), []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, "hello")}, show)
		if err != nil {
			fmt.Printf("%s: %v\n", stream, err)
			continue
		}
		fmt.Printf("%s, shown: %s\n", stream, shown)
		fmt.Printf("%s, answer: %s\n", stream, answer.Choices[0].Content)
		for _, call := range answer.Choices[0].ToolCalls {
			fmt.Printf("%s, call: %s %s\n", stream, call.FunctionCall.Name, call.FunctionCall.Arguments)
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1 && go build -o client .
node server.mjs > address & server=$!
until [ -s address ]; do sleep 0.05; done
./client "$(cat address)" | tee seen
[ "$(grep '^one' seen)" = 'one, shown: Sending.[{"id":"a","type":"function","function":{"name":"send","arguments":""}}][{"type":"","function":{"name":"","arguments":"{\"to\":"}}][{"type":"","function":{"name":"","arguments":"\"Kim\"}"}}]
one, answer: Sending.
one, call: send {"to":"Kim"}' ]
[ "$(grep '^turns, call' seen)" = 'turns, call: send 
turns, call: look {"to":"Kim"}{"day":1}' ]
grep -q '^long: .*token too long$' seen
echo 'as found'

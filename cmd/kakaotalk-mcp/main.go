// Command kakaotalk-mcp lets AI assistants send KakaoTalk messages. Started
// without a command it is a local MCP server on stdin and stdout; its other
// commands set it up, check it and use it from a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP) // the terminal was closed
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program the hard way
	}()
	sys := system()
	forgetSecrets()
	os.Exit(run(ctx, sys, os.Args[1:]))
}

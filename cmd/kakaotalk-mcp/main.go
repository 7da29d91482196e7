// Command kakaotalk-mcp lets AI assistants send KakaoTalk messages. Started
// without a command it is a local MCP server on stdin and stdout; its other
// commands set it up, check it and use it from a terminal.
//
// This package names the commands: each file has one, with its flags, one call and
// what is printed. The work is done in cmd/internal and in the houses below.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
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
	env := cli.System(version())
	config.ForgetSecrets()
	os.Exit(run(ctx, env, os.Args[1:]))
}

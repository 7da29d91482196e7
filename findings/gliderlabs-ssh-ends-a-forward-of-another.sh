#!/usr/bin/env bash
# One person leaves, and the remote forward of another ends.
#
# A client that does not care for the port asks for port 0, is told which one the server
# took (RFC 4254, 7.1), and names that one when it gives the forward back. A server would
# be expected to keep its forwards by the port taken. gliderlabs/ssh 0.3.8 keeps them by
# the port asked for, in one table for all clients: the second one with port 0 takes the
# place of the first, whose leaving then ends the second's forward and not its own. A
# forward given back by its port is answered with success and goes on listening.
# With ports that are named all is as expected, which is how it is tried out.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
go mod init finding >go.log 2>&1
go get github.com/gliderlabs/ssh@v0.3.8 golang.org/x/crypto@v0.58.0 >>go.log 2>&1
cat > main.go <<'GO'
package main

import (
	"fmt"
	"net"
	"time"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

func main() {
	forwards := &ssh.ForwardedTCPHandler{}
	server := &ssh.Server{
		Handler:                       func(ssh.Session) {},
		ReversePortForwardingCallback: func(ssh.Context, string, uint32) bool { return true },
		RequestHandlers: map[string]ssh.RequestHandler{
			"tcpip-forward":        forwards.HandleSSHRequest,
			"cancel-tcpip-forward": forwards.HandleSSHRequest,
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go server.Serve(listener)
	connect := func() *gossh.Client {
		client, err := gossh.Dial("tcp", listener.Addr().String(), &gossh.ClientConfig{User: "kim", HostKeyCallback: gossh.InsecureIgnoreHostKey()})
		must(err)
		return client
	}
	try("port 0", connect, func() string { return "127.0.0.1:0" })
	try("a port", connect, func() string {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		must(free.Close())
		return free.Addr().String()
	})
}

func try(name string, connect func() *gossh.Client, address func() string) {
	ask := func(client *gossh.Client) net.Listener {
		forward, err := client.Listen("tcp", address())
		must(err)
		return forward
	}
	back := ask(connect())
	must(back.Close())
	one, two := connect(), connect()
	left, stays := ask(one), ask(two)
	must(one.Close())
	// One of the two ends when the server notices.
	for until := time.Now().Add(20 * time.Second); state(left) == state(stays) && time.Now().Before(until); {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("%s: given back %s, of who left %s, of who stays %s\n", name, state(back), state(left), state(stays))
}

func state(forward net.Listener) string {
	connection, err := net.Dial("tcp", forward.Addr().String())
	if err != nil {
		return "ended"
	}
	connection.Close()
	return "listens"
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >>go.log 2>&1
go run . 2>log | tee seen
[ "$(cat seen)" = 'port 0: given back listens, of who left listens, of who stays ended
a port: given back ended, of who left ended, of who stays listens' ]
echo 'as found'

package main

import (
	"net"
	"strconv"
	"time"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/cmd/internal/app"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/doctor"
)

// Short names for what tests of the built program need of the product.
const (
	exitOK    = cli.ExitOK
	exitError = cli.ExitError
	exitUsage = cli.ExitUsage
	exitLogin = cli.ExitLogin
)

func environment(vars []string, name string) string { return cli.Vars(vars).Get(name) }

func speaker(lang string) func(ko, en string) string { return wording.Of(lang).Say }

func isLoopback(host string) bool { return config.IsLoopback(host) }

const (
	pass = doctor.Pass
	warn = doctor.Warn
	fail = doctor.Fail
	skip = doctor.Skip
)

type finding = doctor.Finding

// What the program promises about names and times, as its users meet it.
const (
	tempPrefix    = "kakaotalk-sandbox-"
	provenFile    = "proven.json"
	keychainServe = 4 * time.Second
	checkCount    = 21 // of doctor
)

// freePort returns a port that is free on both loopback addresses.
func freePort() (int, error) {
	for {
		v4, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := v4.Addr().(*net.TCPAddr).Port
		v6, err := net.Listen("tcp6", "[::1]:"+strconv.Itoa(port))
		v4.Close()
		if err == nil {
			v6.Close()
		}
		if err == nil || !app.HasIPv6() {
			return port, nil
		}
	}
}

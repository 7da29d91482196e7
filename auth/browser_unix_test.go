//go:build unix

package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBrowserIsInAGroupOfItsOwn: what ends our process group does not end it.
func TestBrowserIsInAGroupOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	said, program := filepath.Join(dir, "said"), filepath.Join(dir, "browser")
	script := fmt.Sprintf("#!/bin/sh\nps -o pgid= -p $$ > '%s.new' && mv '%s.new' '%s'\n", said, said, said)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (Browser{Program: program}).Open("http://127.0.0.1:1/"); err != nil {
		t.Fatal(err)
	}
	var group []byte
	for end := time.Now().Add(time.Minute); len(group) == 0 && time.Now().Before(end); {
		group, _ = os.ReadFile(said)
	}
	if got := strings.TrimSpace(string(group)); got == "" || got == fmt.Sprint(syscall.Getpgrp()) {
		t.Errorf("the browser's process group is %q, ours %d", got, syscall.Getpgrp())
	}
}

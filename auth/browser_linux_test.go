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

// TestSystemsBrowserIsCutOff: a browser that xdg-open starts lives on with what it was
// given. It holds no pipe of ours, which others read to its end, and what ends our
// process group does not end it.
func TestSystemsBrowserIsCutOff(t *testing.T) {
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	script := fmt.Sprintf("#!/bin/sh\n(echo \"$1\"; ps -o pgid= -p $$; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2) >'%s.new' && mv '%s.new' '%s'\n", said, said, said)
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	const page = "http://127.0.0.1:1/?a=b&c"
	if err := (Browser{Display: true}).Open(page); err != nil {
		t.Fatal(err)
	}
	var words []string
	for end := time.Now().Add(time.Minute); len(words) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		raw, _ := os.ReadFile(said)
		words = strings.Fields(string(raw))
	}
	if len(words) != 5 || words[0] != page || words[1] == fmt.Sprint(syscall.Getpgrp()) {
		t.Fatalf("%q, our process group is %d", words, syscall.Getpgrp())
	}
	for _, file := range words[2:] {
		if file != os.DevNull {
			t.Errorf("it has our %s", file)
		}
	}
	if err := os.Remove(filepath.Join(dir, "xdg-open")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if err := (Browser{Display: true}).Open(page); err == nil {
		t.Error("opened by nobody")
	}
	if err := (Browser{}).Open(page); err == nil {
		t.Error("opened without a screen")
	}
}

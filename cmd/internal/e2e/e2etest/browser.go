package e2etest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

// The browser is the test binary once more, as BROWSER: a person who logs in and
// agrees, also to what the program itself asks. It notes each page it is given in a folder, and leaves alone what is not
// on this computer, and everything while the folder holds a file named "away".
const (
	tabsEnv   = "KAKAOTALK_TEST_TABS"
	awayFile  = "away"
	personEnv = "KAKAOTALK_TEST_PERSON" // nickname of who logs in; "-": the owner, who then declines
	thinkEnv  = "KAKAOTALK_TEST_THINK"  // how long the person takes to log in
)

// NoBrowser is, as BROWSER, a browser that does not start.
const NoBrowser = "no-browser-in-a-test"

func browse() int {
	page := os.Args[len(os.Args)-1]
	if tabs := os.Getenv(tabsEnv); tabs != "" {
		name := filepath.Join(tabs, fmt.Sprintf("tab-%d-%d", time.Now().UnixNano(), os.Getpid())) // in the order of opening
		if err := os.WriteFile(name, []byte(page), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if _, err := os.Stat(filepath.Join(tabs, awayFile)); err == nil {
			return 0
		}
	}
	at, err := url.Parse(page)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if ip := net.ParseIP(at.Hostname()); at.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return 0
	}
	if asked, err := confirming(page, at); asked {
		if err != nil {
			fmt.Fprintln(os.Stderr, "the confirmation page:", err)
			return 1
		}
		return 0
	}
	if think, err := time.ParseDuration(os.Getenv(thinkEnv)); err == nil {
		time.Sleep(think)
	}
	v := sandbox.Visitor{Person: os.Getenv(personEnv)}
	if v.Person == "-" {
		v = sandbox.Visitor{Decline: true}
	}
	if got, err := v.Visit(context.Background(), page); err != nil || got.KOE != "" {
		fmt.Fprintln(os.Stderr, "the login page:", got.KOE, err)
		return 1
	}
	// A browser that talks: none of it may reach the protocol.
	fmt.Println("stray output of a browser")
	return 0
}

// confirming answers the program's own question, if the page is one.
func confirming(page string, at *url.URL) (asked bool, err error) {
	if !isQuestion(at) {
		return false, nil
	}
	answer := os.Getenv(pressEnv)
	switch answer {
	case "-":
		return true, nil
	case "":
		answer = "once"
	}
	_, asked, err = Press(page, answer)
	return asked, err
}

// Browser are the variables that make the test binary the person's browser.
func Browser(t testing.TB) []string {
	t.Helper()
	return []string{"BROWSER=" + Self(t), ChildEnv + "=browser"}
}

// Person is the variable that says who sits at the browser: a nickname, or "-" for
// the owner, who declines.
func Person(nickname string) string { return personEnv + "=" + nickname }

// Thinking is the variable that says how long the person takes to log in.
func Thinking(d time.Duration) string { return thinkEnv + "=" + d.String() }

// Leave lets the person leave the browser: pages stay open.
func (c *Computer) Leave() {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.tabs, awayFile), nil, 0o600); err != nil {
		c.Fatal(err)
	}
}

// Return lets the person come back, for pages that are opened from now on.
func (c *Computer) Return() {
	c.Helper()
	if err := os.Remove(filepath.Join(c.tabs, awayFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.Fatal(err)
	}
}

// Questions are the confirmation pages that the browser was given so far.
func (c *Computer) Questions() (pages []string) {
	c.Helper()
	for _, tab := range c.Opened() {
		raw, err := os.ReadFile(tab)
		if err != nil {
			c.Fatal(err)
		}
		if at, err := url.Parse(string(raw)); err == nil && isQuestion(at) {
			pages = append(pages, string(raw))
		}
	}
	return pages
}

// isQuestion tells the program's own page from a login page, which has a query or
// counts its visits in its path.
func isQuestion(at *url.URL) bool {
	return at.RawQuery == "" && at.Path != "" && !strings.Contains(strings.Trim(at.Path, "/"), "/")
}

// Opened are the pages that the browser was given so far.
func (c *Computer) Opened() []string {
	c.Helper()
	list, err := filepath.Glob(filepath.Join(c.tabs, "tab-*"))
	if err != nil {
		c.Fatal(err)
	}
	return list
}

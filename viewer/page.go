package viewer

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// Parts of the Content-Security-Policy. Browsers ignore frame-ancestors in a
// meta element, so it stands in the HTTP header only.
const (
	notFramed    = "frame-ancestors 'none'"
	closedPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; " + notFramed
)

// safeHeaders go with every answer, and into the _headers file of an export.
var safeHeaders = [][2]string{
	{"Referrer-Policy", "no-referrer"},
	{"X-Robots-Tag", "noindex, nofollow, noarchive, nosnippet"},
	{"X-Content-Type-Options", "nosniff"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "browsing-topics=()"},
}

// document is the finished page and the policy that its meta element states.
type document struct {
	html   []byte
	policy string
}

// messagePage is the message page as one file: style, script and dictionaries
// inside, and a policy that allows exactly these. That for any web host may connect
// to nothing: all it shows came with the link. One that is served here may also
// fetch a stored message.
func messagePage(served bool) document {
	// json.Marshal escapes '<', so a dictionary cannot end the script.
	words, _ := json.Marshal(map[string]string{string(Format1): dictionary1, string(Format2): dictionary2})
	// A checkout may have turned line ends; the hashes cover the bytes.
	unix := strings.NewReplacer("\r\n", "\n")
	style := unix.Replace(pageCSS)
	script := "const DICTIONARIES=" + string(words) + ",SERVED=" + strconv.FormatBool(served) + ";\n" + unix.Replace(pageJS)
	connect := ""
	if served {
		connect = "connect-src 'self'; "
	}
	policy := "default-src 'none'; script-src '" + sourceHash(script) + "'; style-src '" + sourceHash(style) + "'; img-src data:; " +
		connect + "base-uri 'none'; form-action 'none'"
	html := strings.NewReplacer(
		"{{policy}}", policy,
		"{{style}}", style,
		"{{script}}", script,
	).Replace(unix.Replace(pageHTML))
	return document{[]byte(html), policy}
}

// sourceHash names an inline script or style in a policy (CSP Level 3).
func sourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

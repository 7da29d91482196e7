package sandbox

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	visitTimeout = 30 * time.Second // per page; a login takes a few loopback round trips
	maxPageBytes = 4 << 20
	maxPages     = 6 // login and consent are two
)

// Visitor walks through login and consent as a person with a browser would. It keeps
// its cookies: a second Visit has a Kakao session. It must not be used concurrently.
type Visitor struct {
	Person  string   // nickname to pick on the login page, "" for the owner (the first one)
	Untick  []string // consent items to leave out, by ID
	Decline bool     // press [취소] on the consent page

	// Transport, when set, carries the requests: a client behind a proxy that signs
	// for itself can be visited.
	Transport http.RoundTripper

	client *http.Client
}

// cookies keeps the cookies of each host by name: all that the sandbox's need, and
// the program stays smaller than with net/http/cookiejar.
type cookies map[string]map[string]*http.Cookie

func (c cookies) SetCookies(u *url.URL, list []*http.Cookie) {
	for _, cookie := range list {
		if c[u.Hostname()] == nil {
			c[u.Hostname()] = map[string]*http.Cookie{}
		}
		c[u.Hostname()][cookie.Name] = cookie
	}
}

func (c cookies) Cookies(u *url.URL) []*http.Cookie {
	return slices.Collect(maps.Values(c[u.Hostname()]))
}

// Page is the last page a visit ended on: the client's callback page, or an error page
// of Kakao, then with its code in KOE.
type Page struct {
	URL    *url.URL
	Status int
	Body   string
	KOE    string
}

// Visit opens loginURL and does what the pages ask for. Ending on an error page of Kakao
// or on a callback page with any status is no error. A page that a person could not
// understand is one: no form, the person or item not on it, a required item to untick.
func (v *Visitor) Visit(ctx context.Context, loginURL string) (Page, error) {
	patterns.once.Do(compileMarks)
	if v.client == nil {
		v.client = &http.Client{Jar: cookies{}, Timeout: visitTimeout, Transport: v.Transport}
	}
	start, err := url.Parse(loginURL)
	if err != nil {
		return Page{}, errors.New("visiting the login page: not a URL")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, loginURL, nil)
	if err != nil {
		return Page{}, errors.New("visiting the login page: not a URL")
	}
	for range maxPages {
		page, err := v.load(req)
		if err != nil || page.KOE != "" || page.URL.Host != start.Host {
			return page, err
		}
		fields, err := v.fillIn(page)
		if err != nil {
			return page, fmt.Errorf("visiting %s: %w", page.URL.Path, err)
		}
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, fields.action, strings.NewReader(fields.values.Encode()))
		if err != nil {
			return page, fmt.Errorf("visiting %s: form with a bad address", page.URL.Path)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return Page{}, errors.New("visiting the login page: it never ends")
}

func (v *Visitor) load(req *http.Request) (Page, error) {
	resp, err := v.client.Do(req)
	if err != nil {
		// The address in the error would carry the code of the callback.
		if withURL, ok := errors.AsType[*url.Error](err); ok {
			err = withURL.Err
		}
		return Page{}, fmt.Errorf("visiting a page: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	if err != nil {
		return Page{}, fmt.Errorf("reading a page: %w", err)
	}
	page := Page{URL: resp.Request.URL, Status: resp.StatusCode, Body: string(body)}
	if m := patterns.koeInTitle.FindStringSubmatch(page.Body); m != nil {
		page.KOE = m[1]
	}
	return page, nil
}

// filled is a form as a browser would send it.
type filled struct {
	action string
	values url.Values
}

// patterns are what a visitor looks for in a page. The first visit compiles them:
// the server links this package and never visits a page.
var patterns struct {
	once                                            sync.Once
	koeInTitle, form, input, button, any, attribute *regexp.Regexp
}

func compileMarks() {
	patterns.koeInTitle = regexp.MustCompile(`<title>[^<]*\((KOE\d+)\)</title>`)
	patterns.form = regexp.MustCompile(`(?s)<form\b[^>]*>.*?</form>`)
	patterns.input = regexp.MustCompile(`<input\b[^>]*>`)
	patterns.button = regexp.MustCompile(`(?s)<button\b[^>]*>.*?</button>`)
	patterns.any = regexp.MustCompile(`(?s)<[^>]*>`)
	patterns.attribute = regexp.MustCompile(`\b([a-z]+)(?:="([^"]*)")?`)
}

// attributes returns the attributes of the tag that s begins with.
func attributes(s string) map[string]string {
	tag := s[strings.IndexAny(s, " >"):]
	tag = tag[:strings.Index(tag, ">")]
	list := map[string]string{}
	for _, m := range patterns.attribute.FindAllStringSubmatch(tag, -1) {
		list[m[1]] = html.UnescapeString(m[2])
	}
	return list
}

func (v *Visitor) fillIn(page Page) (filled, error) {
	form := patterns.form.FindString(page.Body)
	if page.Status != http.StatusOK || form == "" {
		return filled{}, fmt.Errorf("page with status %d and no form to fill in", page.Status)
	}
	action, err := page.URL.Parse(attributes(form)["action"])
	if err != nil {
		return filled{}, errors.New("form with a bad address")
	}
	values := url.Values{}
	offered := map[string]bool{}
	for _, tag := range patterns.input.FindAllString(form, -1) {
		a := attributes(tag)
		_, checked := a["checked"]
		_, fixed := a["disabled"]
		if a["type"] == "checkbox" {
			offered[a["value"]] = !fixed
			if fixed || !checked || slices.Contains(v.Untick, a["value"]) {
				continue
			}
		}
		values.Add(a["name"], a["value"])
	}
	button, err := v.press(page, form, offered)
	if err != nil {
		return filled{}, err
	}
	values.Add(button["name"], button["value"])
	return filled{action.String(), values}, nil
}

// press chooses the button: the person on the login page, the answer on the consent page.
func (v *Visitor) press(page Page, form string, offered map[string]bool) (map[string]string, error) {
	labels := []string{v.Person}
	if page.URL.Path == "/consent" {
		labels = []string{"동의하고 계속하기", "Agree and continue"}
		if v.Decline {
			labels = []string{"취소", "Cancel"}
		}
		for _, id := range v.Untick {
			if !offered[id] {
				return nil, fmt.Errorf("consent item %s cannot be unticked here", id)
			}
		}
	}
	for _, b := range patterns.button.FindAllString(form, -1) {
		a := attributes(b)
		name := a["title"] // the login page shows more than the nickname on a button
		if name == "" {
			name = strings.TrimSpace(html.UnescapeString(patterns.any.ReplaceAllString(b, "")))
		}
		if labels[0] == "" || slices.Contains(labels, name) {
			return a, nil
		}
	}
	return nil, errors.New("the button a person would press is not there")
}

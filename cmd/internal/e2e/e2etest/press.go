package e2etest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// pressEnv says what the person at the browser answers on the confirmation page:
// "once" (the default; "always" where that is all there is), "always", "cancel", or
// "-" for nothing at all.
const pressEnv = "KAKAOTALK_TEST_PRESS"

// Pressing is the variable for pressEnv.
func Pressing(answer string) string { return pressEnv + "=" + answer }

var (
	questionID     = regexp.MustCompile(`name="id" value="([^"]+)"`)
	questionAnswer = regexp.MustCompile(`name="answer" value="([^"]+)"`)
	questionTo     = regexp.MustCompile(`name="to" value="([^"]+)"`)
)

// Press answers every question on a confirmation page, with the first of the people
// where one is to be chosen. It reports false for another page, and returns what
// the page says in the end.
func Press(page, answer string) (said string, ok bool, err error) {
	body, err := read(http.Get(page))
	if err != nil || !strings.Contains(body, `name="answer"`) {
		return body, false, err
	}
	for strings.Contains(body, `name="answer"`) {
		offered := questionAnswer.FindAllStringSubmatch(body, 3)
		form := url.Values{"id": {questionID.FindStringSubmatch(body)[1]}, "answer": {answer}}
		if !slices.ContainsFunc(offered, func(m []string) bool { return m[1] == answer }) {
			form.Set("answer", "always")
		}
		if to := questionTo.FindStringSubmatch(body); to != nil {
			form.Set("to", to[1])
		}
		r, err := http.NewRequest(http.MethodPost, page, strings.NewReader(form.Encode()))
		if err != nil {
			return "", true, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+r.URL.Host)
		res, err := http.DefaultClient.Do(r)
		if err == nil && res.StatusCode == http.StatusTooManyRequests { // the next question, which takes a person time to read
			res.Body.Close()
			time.Sleep(time.Second)
			continue
		}
		if body, err = read(res, err); err != nil {
			return "", true, err
		}
	}
	return body, true, nil
}

func read(res *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the page answered %s: %s", res.Status, raw)
	}
	return string(raw), err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
)

// Names under which old projects kept what we need.
var (
	oldKeyNames    = []string{"KAKAO_CLIENT_ID", "KAKAO_REST_API_KEY", "REST_API_KEY", "KAKAO_API_KEY"}
	oldSecretNames = []string{"KAKAO_CLIENT_SECRET", "CLIENT_SECRET"}
	oldChatNames   = []string{"CLOVA_API_KEY", "CLOVASTUDIO_API_KEY", "NCP_CLOVASTUDIO_API_KEY"}
)

// takeOver reads an old .env. A tunnel address is left behind: it is no longer
// needed, and an old one would only be wrong.
func (s *setup) takeOver(context.Context) error {
	if s.in.importFile == "" {
		return nil
	}
	_, pairs, err := readSettingsFile(s.in.importFile)
	if err != nil {
		return fmt.Errorf("--import: %w", worded(err, s.say))
	}
	key, secret, chat := firstValue(pairs, oldKeyNames), firstValue(pairs, oldSecretNames), firstValue(pairs, oldChatNames)
	if key == "" && secret == "" && chat == "" {
		return fmt.Errorf(s.say("--import: %s에서 가져올 값을 찾지 못했어요", "--import: nothing to take over in %s"), s.in.importFile)
	}
	if s.in.clientID == "" {
		s.in.clientID = key
	}
	s.secret = secret
	if chat != "" && chat != s.settings.get("CLOVA_API_KEY") && s.practice == nil {
		if err := editConfig(s.settings.home, "CLOVA_API_KEY", chat); err != nil {
			return worded(err, s.say)
		}
		s.stored = true
	}
	s.note("✔ %s에서 값을 가져왔어요. 예전의 ngrok 주소(BASE_URL)는 필요 없어서 가져오지 않았어요.", "✔ Values taken over from %s. Its ngrok address (BASE_URL) is no longer needed.", s.in.importFile)
	return nil
}

// firstValue returns the first of the names with a value that somebody filled in
// and that can be a key: one word of plain letters.
func firstValue(pairs map[string]string, names []string) string {
	foreign := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	for _, n := range names {
		if v := trimmed(pairs[n]); v != "" && !placeholder().MatchString(v) && !strings.ContainsFunc(v, foreign) {
			return v
		}
	}
	return ""
}

// placeholder is what samples have in the place of a value. It is compiled by its
// first use: no server has one.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(\$\{.*|<.*>|\[.*\]|\*+|x{3,}|your[-_ ].*|my[-_ ].*|change.?me|todo|none|null|.*\.{3,}|.*여기.*|.*입력.*)$`)
})

// readSecret reads --client-secret-file, a file or standard input.
func (s *setup) readSecret() (string, error) {
	in := io.Reader(s.sys.stdin)
	if s.in.secretFile != "-" {
		f, err := os.Open(s.in.secretFile)
		if err != nil {
			return "", fmt.Errorf("--client-secret-file: %w", err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxTyped))
	if err != nil {
		return "", fmt.Errorf("--client-secret-file: %w", err)
	}
	secret := trimmed(strings.TrimPrefix(string(raw), "\ufeff"))
	if secret == "" || strings.ContainsAny(secret, " \t\r\n") {
		return "", usageError{errors.New(s.say("--client-secret-file: 시크릿 한 줄만 있어야 해요", "--client-secret-file: expected one line with the secret"))}
	}
	return secret, nil
}

// trimmed is what people paste: without spaces and quotes around it.
func trimmed(text string) string { return strings.Trim(strings.TrimSpace(text), `"'`) }

package setup

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kakaotalk-mcp/cmd/internal/charset"
	"kakaotalk-mcp/cmd/internal/cli"
	"kakaotalk-mcp/cmd/internal/config"
	"kakaotalk-mcp/cmd/internal/terminal"
	"kakaotalk-mcp/tools/bubble"
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
	if s.in.ImportFile == "" {
		return nil
	}
	file, err := config.ReadFile(s.in.ImportFile, s.Lang)
	if err != nil {
		return fmt.Errorf("--import: %w", err)
	}
	keyName, key := firstValue(file.Values, oldKeyNames)
	secretName, secret := firstValue(file.Values, oldSecretNames)
	chatName, chat := firstValue(file.Values, oldChatNames)
	if key == "" && secret == "" && chat == "" {
		return fmt.Errorf(s.Lang.Say("--import: %s에서 가져올 값을 찾지 못했어요", "--import: no settings to import in %s"), s.in.ImportFile)
	}
	if s.in.ClientID == "" {
		s.in.ClientID = key
	}
	s.secret = secret
	if chat != "" && chat != s.Settings.ClovaKey && s.Sandbox == nil {
		if err := s.o.Config.Save(config.ClovaKey, chat); err != nil {
			return err
		}
		s.stored = true
	}
	s.tellTaken(file, keyName, secretName, chatName)
	return nil
}

// tellTaken lists by name what was taken over and what was not.
func (s *setup) tellTaken(file *config.File, names ...string) {
	var taken, left []string
	for _, name := range file.Names {
		if name != "" && slices.Contains(names, name) {
			taken = append(taken, name)
		} else {
			left = append(left, bubble.Clean(name, longestName))
		}
	}
	s.note("✔ %s에서 가져왔어요: %s", "✔ Imported from %s: %s", s.in.ImportFile, strings.Join(taken, ", "))
	if slices.Contains(left, "BASE_URL") {
		s.note("  예전의 ngrok 주소(BASE_URL)는 필요 없어서 가져오지 않았어요.", "  Its ngrok address (BASE_URL) is no longer needed.")
	}
	if others := slices.DeleteFunc(left, func(name string) bool { return name == "BASE_URL" }); len(others) > 0 {
		s.note("  가져오지 않은 값: %s", "  Not imported: %s", strings.Join(others, ", "))
	}
	if len(file.Unreadable) > 0 {
		lines := make([]string, len(file.Unreadable))
		for i, n := range file.Unreadable {
			lines[i] = strconv.Itoa(n)
		}
		s.note("  이름=값 형식이 아닌 줄: %s", "  Lines not in NAME=value form: %s", strings.Join(lines, ", "))
	}
}

// longestName is how much of a foreign name is shown, in graphemes.
const longestName = 40

// firstValue returns the first of the names with a value that somebody filled in
// and that can be a key: one word of plain letters.
func firstValue(pairs map[string]string, names []string) (name, value string) {
	foreign := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	for _, n := range names {
		if v := terminal.Trimmed(pairs[n]); v != "" && !placeholder().MatchString(v) && !strings.ContainsFunc(v, foreign) {
			return n, v
		}
	}
	return "", ""
}

// placeholder is what samples have in the place of a value. It is compiled by its
// first use: no server has one.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(\$\{.*|<.*>|\[.*\]|\*+|x{3,}|your[-_ ].*|my[-_ ].*|change.?me|todo|none|null|.*\.{3,}|.*여기.*|.*입력.*)$`)
})

// maxSecretFile bounds a file with one secret, in bytes.
const maxSecretFile = 4 << 10

// readSecret reads --client-secret-file, a file or standard input.
func (s *setup) readSecret(ctx context.Context) (raw []byte, err error) {
	if s.in.SecretFile == "-" {
		raw, err = s.Terminal.All(ctx, maxSecretFile)
	} else if f, ferr := os.Open(s.in.SecretFile); ferr != nil {
		err = ferr
	} else {
		defer f.Close()
		raw, err = io.ReadAll(io.LimitReader(f, maxSecretFile))
	}
	if err != nil {
		err = fmt.Errorf("--client-secret-file: %w", err)
	}
	return raw, err
}

// givenSecret is the one line of --client-secret-file.
func (s *setup) givenSecret(ctx context.Context) (string, error) {
	raw, err := s.readSecret(ctx)
	if err != nil {
		return "", err
	}
	text, _, _ := charset.Decode(raw) // what is no text is no secret
	secret := terminal.Trimmed(text)
	if secret == "" || strings.ContainsAny(secret, " \t\r\n") {
		return "", cli.Misuse(s.Lang.Say("--client-secret-file: 시크릿 한 줄만 있어야 해요", "--client-secret-file: expected one line with the secret"))
	}
	return secret, nil
}

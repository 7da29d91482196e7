package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"kakaotalk-mcp/tools/kakao/sandbox"
)

var updateReadme = flag.Bool("update-readme", false, "write the settings table into the READMEs")

// settingTexts say what each setting is for, Korean and English.
var settingTexts = map[string][2]string{
	"KAKAO_CLIENT_ID":      {"REST API 키", "REST API key"},
	"KAKAO_CLIENT_SECRET":  {"클라이언트 시크릿. `setup`이 키체인에 넣어 두므로 보통 적지 않아요", "client secret; `setup` keeps it in the keychain"},
	"KAKAO_CALLBACK_URL":   {"로그인을 마치고 돌아오는 주소. 포트를 바꾸면 리다이렉트 URI도 다시 등록해야 해요", "where logins come back; a new port has to be registered too"},
	"KAKAO_BASE_URL":       {"긴 메시지 페이지의 공개 https 주소", "public https address of the message page"},
	"KAKAO_TUNNEL":         {"공개 주소를 여는 방법: `off`, `external`, `srv.us`, `ssh://…`, `exec:…`", "how it is reached: `off`, `external`, `srv.us`, `ssh://…`, `exec:…`"},
	"KAKAO_TUNNEL_KEY":     {"SSH 터널의 개인 키 파일 (처음에 만들어요)", "private key file of SSH tunnels (made on first use)"},
	"KAKAO_TUNNEL_HOSTKEY": {"SSH 서버의 지문 `SHA256:…`", "the SSH server's fingerprint `SHA256:…`"},
	"KAKAO_VIEWER_ADDR":    {"`external`, `exec:`에서 페이지를 여는 주소", "where the page listens for `external` and `exec:`"},
	"KAKAO_PAGE_URL":       {"정적 호스트에 올린 메시지 페이지의 주소", "address of the published static message page"},
	"KAKAO_LINK_HOSTS":     {"카카오에 [웹 도메인]으로 등록한 다른 주소들 (쉼표로 구분)", "further origins registered as [웹 도메인], comma separated"},
	"KAKAO_CONFIRM":        {"보내기 전에 묻기: `friends`(친구에게만), `always`, `never`", "ask before sending: `friends`, `always`, `never`"},
	"KAKAO_ALLOW":          {"정하면 이 사람들(별칭, uuid)에게만 보내요", "when set, only these people (aliases, uuids) are messaged"},
	"KAKAO_READ_ONLY":      {"`on`이면 보내는 도구를 숨겨요", "`on` hides the sending tools"},
	"KAKAO_TOKEN_STORE":    {"로그인 정보를 두는 곳: `keychain`, `file`", "where the login is kept: `keychain`, `file`"},
	"KAKAO_LANG":           {"`ko`, `en`", "`ko`, `en`"},
	"KAKAO_LOG_LEVEL":      {"`debug`, `info`, `warn`, `error`. `debug`는 카카오에 보낸 요청(경로와 결과만)까지 적어요", "`debug`, `info`, `warn`, `error`; `debug` adds every request to Kakao (path and status only)"},
	"KAKAO_LOG_FILE":       {"로그를 쓸 파일", "log file"},
	"KAKAO_AUTH_URL":       {"시험용 로그인 서버", "login server, for tests"},
	"KAKAO_API_URL":        {"시험용 API 서버", "API server, for tests"},
	"CLOVA_API_KEY":        {"`chat`에서 쓰는 HCX-005 키", "HCX-005 key for `chat`"},
	"CHAT_BASE_URL":        {"`chat`이 쓸 다른 OpenAI 호환 서버", "another OpenAI-compatible server for `chat`"},
	"CHAT_MODEL":           {"그 서버의 모델", "its model"},
	"CHAT_API_KEY":         {"그 서버의 키", "its key"},
	"KAKAOTALK_MCP_HOME":   {"설정 폴더", "settings folder"},
	"BROWSER":              {"주소를 열 프로그램", "program that opens addresses"},
}

var shownDefaults = map[string]string{
	"KAKAO_CLIENT_SECRET": "키체인", "KAKAO_TUNNEL_KEY": "`tunnel_ed25519`", "KAKAOTALK_MCP_HOME": "`~/.kakaotalk-mcp`",
	"KAKAO_TUNNEL": "`off`", "KAKAO_LOG_FILE": "stderr",
}

func settingsTable(lang int) string {
	head := [2]string{"| 이름 | 기본값 | 뜻 |", "| name | default | meaning |"}[lang]
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- settings -->\n%s\n| --- | --- | --- |\n", head)
	for _, n := range settingNames {
		def := "–"
		if d := defaults[n.name]; d != "" {
			def = "`" + d + "`"
		}
		if d := shownDefaults[n.name]; d != "" {
			def = d
			if lang == 1 && d == "키체인" {
				def = "keychain"
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.name, def, settingTexts[n.name][lang])
	}
	return b.String() + "<!-- /settings -->"
}

// TestReadmeSettings holds the tables of both READMEs to the program's settings.
func TestReadmeSettings(t *testing.T) {
	for lang, file := range []string{"../../README.md", "../../README.en.md"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		from, to := strings.Index(text, "<!-- settings -->"), strings.Index(text, "<!-- /settings -->")
		if from < 0 || to < from {
			t.Fatalf("%s has no settings table", file)
		}
		to += len("<!-- /settings -->")
		want := settingsTable(lang)
		if text[from:to] == want {
			continue
		}
		if !*updateReadme {
			t.Errorf("%s: the settings table is not the program's; run go test ./cmd/kakaotalk-mcp -run TestReadmeSettings -update-readme", file)
			continue
		}
		if err := os.WriteFile(file, []byte(text[:from]+want+text[to:]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range settingNames {
		if settingTexts[n.name][0] == "" || settingTexts[n.name][1] == "" {
			t.Errorf("%s is not described", n.name)
		}
	}
}

// TestReadmeScreens holds what the READMEs show of setup to what a terminal
// shows; … stands for anything.
func TestReadmeScreens(t *testing.T) {
	for lang, file := range map[string]string{"ko": "../../README.md", "en": "../../README.en.md"} {
		t.Run(lang, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(string(raw), "<!-- screen -->\n```\n")
			want, _, closed := strings.Cut(rest, "```\n<!-- /screen -->")
			if !found || !closed {
				t.Fatalf("%s shows no screen", file)
			}
			w := newWorld(t)
			w.env["KAKAO_LANG"], w.env["TMPDIR"] = lang, t.TempDir() // the program must not lie in it to be registered
			cursor(w)
			w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = nil })
			say := speaker(lang)
			x := w.open("setup")
			x.expect(say("번호", "Number"))
			x.press("1", keyEnter)
			x.expect(say("입력:", "Answer:"))
			x.press(w.app.Key, keyEnter)
			x.expect(say("입력(보이지 않아요):", "Answer (not shown):"))
			x.press(w.app.Secret, keyEnter)
			x.expect("5. ", say("번호", "Number"))
			w.kakao.UpdateApp(func(a *sandbox.App) { a.RedirectURIs = w.app.RedirectURIs })
			x.press("1", keyEnter)
			x.expect("Cursor", say("없음):", "none):"))
			x.press("1", keyEnter)
			x.exit(0)
			screen := x.seen
			for line := range strings.Lines(want) {
				line, _, _ = strings.Cut(strings.Replace(line, "http://localhost:17654", w.env["KAKAO_CALLBACK_URL"], 1), "…")
				_, after, found := strings.Cut(screen, squeezed(line))
				if !found {
					t.Fatalf("%s shows %q, which the screen has not (or earlier):\n%s", file, line, x.tail())
				}
				screen = after
			}
		})
	}
}

package setup

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

// mistake is one thing wrong in the console or on the computer, and how doctor
// names it: the check, its status, and texts that hold in both languages.
type mistake struct {
	name   string
	login  bool // log in before the mistake is made
	make   func(w *e2etest.Computer)
	check  string
	status string
	want   []string
	ko, en string
}

func inConsole(change func(*sandbox.App)) func(*e2etest.Computer) {
	return func(w *e2etest.Computer) { w.Kakao.UpdateApp(change) }
}

// toldFirst is a mistake at a Kakao that tells of consent items before the login.
func toldFirst(change func(*sandbox.App)) func(*e2etest.Computer) {
	return func(w *e2etest.Computer) {
		w.Kakao.SetVariants(sandbox.Variants{KOE205First: true})
		w.Kakao.UpdateApp(change)
	}
}

func set(name, value string) func(*e2etest.Computer) {
	return func(w *e2etest.Computer) { w.Set(name, value) }
}

func writeConfig(text string) func(*e2etest.Computer) {
	return func(w *e2etest.Computer) { w.WriteHome("config.env", text) }
}

var mistakes = []mistake{
	{name: "no key", make: set("KAKAO_CLIENT_ID", ""), check: "settings", status: fail,
		want: []string{"KAKAO_CLIENT_ID", "setup", "[앱] > [플랫폼 키] > [REST API 키]"}, ko: "REST API 키", en: "No REST API key"},
	{name: "no picture folder", make: set("KAKAO_IMAGE_DIR", filepath.Join(os.TempDir(), "no such folder")), check: "settings", status: warn,
		want: []string{"KAKAO_IMAGE_DIR", "no such folder"}, ko: "폴더를 만들거나", en: "Create the folder"},
	{name: "wrong key", make: set("KAKAO_CLIENT_ID", "0123456789abcdef0123456789abcdef"), check: "key-and-secret", status: fail,
		want: []string{"KOE101", "[앱] > [플랫폼 키] > [REST API 키]"}, ko: "등록되지 않은 REST API 키예요(KOE101).", en: "is not registered (KOE101)."},
	{name: "secret missing", make: set("KAKAO_CLIENT_SECRET", ""), check: "key-and-secret", status: fail,
		want: []string{"KOE010", "[클라이언트 시크릿]", "setup"}, ko: "클라이언트 시크릿이 없거나 틀렸어요(KOE010).", en: "missing or wrong (KOE010)."},
	{name: "secret wrong", make: set("KAKAO_CLIENT_SECRET", "another"), check: "key-and-secret", status: fail,
		want: []string{"KOE010", "[클라이언트 시크릿]"}, ko: "클라이언트 시크릿이 없거나 틀렸어요(KOE010).", en: "missing or wrong (KOE010)."},
	{name: "token requests limited", make: func(w *e2etest.Computer) {
		w.Kakao.SetFaults(sandbox.Faults{FailPath: "/oauth/token", FailStatus: 429, FailCount: -1, FailBody: `{"error":"invalid_request","error_code":"KOE237"}`})
	}, check: "key-and-secret", status: warn, want: []string{"KOE237"}, ko: "10분", en: "ten minutes"},
	{name: "login off", make: inConsole(func(a *sandbox.App) { a.LoginOn = false }), check: "redirect-uris", status: warn,
		want: []string{"KOE004", "[카카오 로그인] > [사용 설정]"}, ko: "꺼져", en: "switched off"},
	{name: "no redirect URI", make: inConsole(func(a *sandbox.App) { a.RedirectURIs = nil }), check: "redirect-uris", status: warn,
		want: []string{"KOE006", "[리다이렉트 URI]", "{callback}/auth/callback\n", "{callback}/friends/callback"}},
	{name: "second redirect URI missing", make: inConsole(func(a *sandbox.App) { a.RedirectURIs = a.RedirectURIs[:1] }), check: "redirect-uris", status: warn,
		want: []string{"KOE006", "[리다이렉트 URI]", "{callback}/friends/callback"}},
	{name: "redirect URI with a slash", make: inConsole(func(a *sandbox.App) { a.RedirectURIs[0] += "/" }), check: "redirect-uris", status: warn,
		want: []string{"KOE006", "{callback}/auth/callback"}},
	{name: "127.0.0.1 registered", make: inConsole(func(a *sandbox.App) {
		for i, uri := range a.RedirectURIs {
			a.RedirectURIs[i] = strings.Replace(uri, "localhost", "127.0.0.1", 1)
		}
	}), check: "redirect-uris", status: warn, want: []string{"KOE006", "{callback}/auth/callback"}},
	{name: "OpenID Connect off", make: toldFirst(func(a *sandbox.App) { a.OIDCOn = false }), check: "consent-items", status: warn,
		want: []string{"KOE205", "OpenID Connect", "[카카오 로그인] > [OpenID Connect]"}},
	{name: "message item not set up", make: toldFirst(func(a *sandbox.App) { delete(a.Items, "talk_message") }), check: "consent-items", status: warn,
		want: []string{"KOE205", "[카카오톡 메시지 전송]", "[카카오 로그인] > [동의항목]", "[이용 중 동의]"}},
	{name: "friends item not set up", make: toldFirst(func(a *sandbox.App) { a.Items["friends"] = sandbox.StageOff }), check: "consent-items", status: warn,
		want: []string{"KOE205", "[카카오 서비스 내 친구목록]", "[이용 중 동의]"}},
	{name: "message item not set up, told at the login", make: inConsole(func(a *sandbox.App) { delete(a.Items, "talk_message") }), check: "consent-items", status: skip,
		ko: "로그인할 때 확인해요", en: "checked when you log in"},
	{name: "message item not set up, logged in", login: true, make: inConsole(func(a *sandbox.App) { delete(a.Items, "talk_message") }), check: "consent-items", status: warn,
		want: []string{"KOE205", "[카카오톡 메시지 전송]", "[카카오 로그인] > [동의항목]"}},
	{name: "an account without KakaoTalk", login: true, make: func(w *e2etest.Computer) {
		w.Kakao.UpdatePerson(w.Kakao.Owner().ID, func(p *sandbox.Person) { p.TalkUser = false })
	}, check: "friends", status: fail, want: []string{"-501", "login --switch"}, ko: "카카오톡을 사용하지 않아요", en: "does not use KakaoTalk"},
	{name: "consent withdrawn", login: true, make: func(w *e2etest.Computer) { w.Kakao.WithdrawConsent(w.Kakao.Owner().ID, "friends") }, check: "consents", status: warn,
		want: []string{"[카카오 서비스 내 친구목록]"}, ko: "동의하지 않은", en: "Items not consented to yet: [Friends List in Kakao Service]"},
	{name: "item removed after the login", login: true, make: inConsole(func(a *sandbox.App) { delete(a.Items, "talk_message") }), check: "consents", status: warn,
		want: []string{"[카카오톡 메시지 전송]", "[카카오 로그인] > [동의항목]"}},
	{name: "no friend qualifies", login: true, make: inConsole(func(a *sandbox.App) { a.Members = a.Members[:1] }), check: "friends", status: warn,
		want: []string{"[앱] > [멤버]", "invite"}, ko: "친구가 없어요", en: "No friends found"},
	{name: "connection cut in the account", login: true, make: func(w *e2etest.Computer) { w.Kakao.Unlink(w.Kakao.Owner().ID) }, check: "login", status: fail,
		want: []string{"login --switch"}, ko: "만료됐거나 해제됐어요", en: "expired or was revoked"},
	{name: "not logged in", make: func(*e2etest.Computer) {}, check: "login", status: warn, want: []string{"login"}, ko: "로그인되어 있지 않아요", en: "Not logged in"},
	{name: "link domain", make: set("KAKAO_LINK_HOSTS", "https://www.example.com:8443"), check: "link-domains", status: warn,
		want: []string{"https://www.example.com:8443", "[앱] > [제품 링크 관리] > [웹 도메인]", "[JavaScript SDK 도메인]"}},
	{name: "page never tried", make: set("KAKAO_PAGE_URL", "https://me.github.io/page/"), check: "link-domains", status: warn,
		want: []string{"https://me.github.io\n", "[웹 도메인]", "doctor --send-test-link"}},
	{name: "tunnel that nobody keeps up", make: set("KAKAO_TUNNEL", "srv.us"), check: "tunnel", status: warn,
		want: []string{" tunnel`"}, ko: "터널을 연결한 프로그램이 없어요", en: "No program has connected the tunnel"},
	{name: "tunnel without a known address", make: set("KAKAO_TUNNEL", "srv.us"), check: "link-domains", status: warn,
		want: []string{"KAKAO_TUNNEL", " tunnel`"}, ko: "주소", en: "address"},
	{name: "page beside a tunnel without a known address", make: func(w *e2etest.Computer) {
		w.Set("KAKAO_TUNNEL", "srv.us")
		w.Set("KAKAO_PAGE_URL", "https://me.github.io/page/")
	}, check: "link-domains", status: warn,
		want: []string{"https://me.github.io\n", " tunnel`", "[웹 도메인]", "doctor --send-test-link"}, ko: "KAKAO_TUNNEL", en: "KAKAO_TUNNEL"},
	{name: "setting wrong", make: set("KAKAO_CONFIRM", "maybe"), check: "settings", status: fail, want: []string{"KAKAO_CONFIRM", "config.env"}},
	{name: "key hidden by the environment", make: writeConfig("KAKAO_CLIENT_ID=fedcba9876543210fedcba9876543210\n"), check: "precedence", status: warn,
		want: []string{"KAKAO_CLIENT_ID ("}, ko: "(환경 변수)", en: "(environment)"},
	{name: "secret in config.env", make: func(w *e2etest.Computer) {
		w.Unset("KAKAO_CLIENT_SECRET")
		writeConfig("KAKAO_CLIENT_SECRET=" + w.App.Secret + "\n")(w)
	}, check: "precedence", status: warn, want: []string{"config.env", "setup"}},
	{name: "secret differs from the stored one", login: true, make: func(w *e2etest.Computer) {
		w.WriteHome(filepath.Join("secrets", auth.SecretName(w.Get("KAKAO_AUTH_URL"), w.App.Key)), "another")
	}, check: "precedence", status: warn, want: []string{"KAKAO_CLIENT_SECRET"}, ko: "환경 변수", en: "environment"},
	{name: "port taken", make: func(w *e2etest.Computer) {
		l, err := net.Listen("tcp", strings.Replace(strings.TrimPrefix(w.Get("KAKAO_CALLBACK_URL"), "http://"), "localhost", "127.0.0.1", 1))
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { l.Close() })
	}, check: "callback-port", status: fail, want: []string{"(pid " + strconv.Itoa(os.Getpid()) + ")", "KAKAO_CALLBACK_URL", "[리다이렉트 URI]"}},
	{name: "clock off", make: func(w *e2etest.Computer) {
		late := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Date", time.Now().Add(61*time.Minute+30*time.Second).UTC().Format(http.TimeFormat))
		}))
		w.Cleanup(late.Close)
		w.Set("KAKAO_AUTH_URL", late.URL)
	}, check: "clock", status: fail, want: []string{"-1h1m"}},
	{name: "auth host down", make: set("KAKAO_AUTH_URL", "http://127.0.0.1:1"), check: "login-host", status: fail, want: []string{"http://127.0.0.1:1", "HTTPS_PROXY"}},
	{name: "api host down", make: set("KAKAO_API_URL", "http://127.0.0.1:1"), check: "api-host", status: fail, want: []string{"http://127.0.0.1:1", "HTTPS_PROXY"}},
	{name: "home open to others", make: func(w *e2etest.Computer) {
		if runtime.GOOS == "windows" { // the access list of the user's folder ends at its border
			w.Set("KAKAOTALK_MCP_HOME", w.TempDir())
		} else if err := os.Mkdir(w.Home, 0o755); err != nil {
			w.Fatal(err)
		}
	}, check: "home", status: warn, want: []string{map[bool]string{true: "icacls", false: "chmod 700"}[runtime.GOOS == "windows"]}},
}

// finding is what doctor --json says of one check. Other programs read these names.
type finding struct{ Check, Status, Message, Hint string }

const (
	pass = "pass"
	warn = "warn"
	fail = "fail"
	skip = "skip"
)

// doctor runs every check.
func doctor(w *e2etest.Computer) map[string]finding {
	w.Helper()
	out, errs, _ := w.Run("doctor", "--json")
	var report struct{ Checks []finding }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		w.Fatalf("%v\n%s%s", err, out, errs)
	}
	found := map[string]finding{}
	for _, f := range report.Checks {
		found[f.Check] = f
	}
	return found
}

// Every mistake is named by the check it belongs to, with the menu and the value
// that mend it, and no other setting of the console is blamed.
func TestDoctorNamesMistakes(t *testing.T) {
	t.Parallel()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := e2etest.NewFreshComputer(t)
			w.SetUp()
			everybody := w.Kakao.People()
			w.Kakao.UpdateApp(func(a *sandbox.App) {
				a.Members = nil
				for _, p := range everybody {
					a.Members = append(a.Members, p.ID)
				}
			})
			if m.login {
				w.LogIn("--friends")
			}
			m.make(w)
			for _, lang := range []string{"ko", "en"} {
				w.Set("KAKAO_LANG", lang)
				f := doctor(w)[m.check]
				text := f.Message + "\n" + f.Hint
				if f.Status != m.status {
					t.Errorf("%s: status %q, want %q: %s", lang, f.Status, m.status, text)
				}
				word := m.ko
				if lang == "en" {
					word = m.en
				}
				for _, want := range append([]string{word}, m.want...) {
					want = strings.Replace(want, "{callback}", w.Get("KAKAO_CALLBACK_URL"), 1)
					if !strings.Contains(text+"\n", want) {
						t.Errorf("%s: %q lacks %q", lang, text, want)
					}
				}
				if strings.Contains(text, w.App.Secret) {
					t.Errorf("%s: the secret is shown: %s", lang, text)
				}
			}
		})
	}
}

package sandbox

import (
	"crypto/rand"
	"embed"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// markup is a piece of a page; every other text is escaped where it goes in. The
// pages are filled in here, not by html/template: linking that keeps every method
// of every type, megabytes of the program.
type markup string

func esc(text string) string { return html.EscapeString(text) }

func page(name string) string {
	raw, err := pageFiles.ReadFile("pages/" + name)
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	return string(raw)
}

// maxOnLoginPage keeps the login page a list that a person can read on a phone.
const maxOnLoginPage = 100

// pageHeaders forbids everything but the page's own styles and scripts. There is no
// form-action: browsers apply it to redirects too, and the consent form ends at the client's callback.
func pageHeaders(w http.ResponseWriter, nonce string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; script-src 'nonce-"+nonce+
		"'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// writePage fills in the named page; data holds its {{names}}, but for nonce and style.
func writePage(w http.ResponseWriter, status int, name string, data map[string]any) {
	nonce := rand.Text()
	fields := []string{"{{nonce}}", nonce, "{{style}}", strings.ReplaceAll(page("style.html"), "{{nonce}}", nonce)}
	for key, value := range data {
		text, ok := value.(markup)
		if !ok {
			text = markup(esc(fmt.Sprint(value)))
		}
		fields = append(fields, "{{"+key+"}}", string(text))
	}
	pageHeaders(w, nonce)
	w.WriteHeader(status)
	io.WriteString(w, strings.NewReplacer(fields...).Replace(page(name))) //nolint:errcheck // the reader is gone
}

// koeTexts are heading and explanation of the error pages, in the style of Kakao's.
var koeTexts = [...]struct{ code, heading, text string }{
	{"KOE002", "잘못된 요청", "요청 주소나 방식이 올바르지 않아요."},
	{"KOE004", "앱 관리자 설정 오류", "카카오 로그인이 켜져 있지 않아요. [카카오 로그인] > [사용 설정]을 확인해 주세요."},
	{"KOE005", "앱 관리자 설정 오류", "테스트 앱에는 앱 멤버만 로그인할 수 있어요. [앱] > [멤버]를 확인해 주세요."},
	{"KOE006", "앱 관리자 설정 오류", "등록하지 않은 리다이렉트 URI를 사용했어요. [앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]를 확인해 주세요."},
	{"KOE101", "앱 관리자 설정 오류", "앱 키가 없거나 잘못된 종류예요. [앱] > [플랫폼 키] > [REST API 키]를 확인해 주세요."},
	{"KOE201", "잘못된 요청", "지원하지 않는 response_type이에요. code만 쓸 수 있어요."},
	{"KOE202", "잘못된 요청", "response_type=token은 더 이상 지원하지 않아요."},
	{"KOE203", "잘못된 요청", "필수 동의항목에 동의하지 않았어요."},
	{"KOE204", "잘못된 요청", "값이 올바르지 않은 파라미터가 있어요."},
	{"KOE205", "잘못된 요청", "앱에 설정하지 않은 동의항목을 요청했어요. [카카오 로그인] > [동의항목]을 확인해 주세요."},
	{"KOE207", "잘못된 요청", "필수 파라미터가 빠졌어요."},
}

func writeKOE(w http.ResponseWriter, code string) {
	heading, text := "", ""
	for _, t := range koeTexts {
		if t.code == code {
			heading, text = t.heading, t.text
		}
	}
	writePage(w, http.StatusBadRequest, "error.html", map[string]any{
		"heading": heading, "text": text, "incode": " (" + code + ")", "code": markup(`<span class="code">에러 코드: ` + esc(code) + `</span>`),
	})
}

func writeExpired(w http.ResponseWriter) {
	writePage(w, http.StatusBadRequest, "error.html", map[string]any{
		"heading": "로그인 시간이 지났어요", "text": "처음 화면으로 돌아가 다시 로그인해 주세요.", "incode": "", "code": "",
	})
}

// liveFlow returns the flow a page belongs to, nil when it ran out.
func (s *Sandbox) liveFlow(id string) *flow {
	if f := s.flows[id]; f != nil && s.now().Before(f.until) {
		return f
	}
	return nil
}

func (s *Sandbox) showLogin(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("flow")
	s.mu.Lock()
	live := s.liveFlow(id) != nil
	var people []Person
	for _, p := range s.order {
		if !s.generated[p] && len(people) < maxOnLoginPage {
			people = append(people, *s.people[p])
		}
	}
	s.mu.Unlock()
	if !live {
		writeExpired(w)
		return
	}
	writePage(w, http.StatusOK, "login.html", map[string]any{"flow": id, "people": peopleList(people)})
}

// peopleList are the buttons of the login page; the first one is the app's owner.
func peopleList(people []Person) markup {
	var b strings.Builder
	for i, p := range people {
		face, tag := "", ""
		for _, r := range p.Nickname {
			face = string(r)
			break
		}
		if i == 0 {
			tag = `<span class="tag">앱 주인</span>`
		}
		fmt.Fprintf(&b, `
<li><button name="person" value="%d" title="%s"><span class="face" aria-hidden="true">%s</span><span>%[2]s</span>%[4]s</button></li>`,
			p.ID, esc(p.Nickname), esc(face), tag)
	}
	return markup(b.String())
}

func (s *Sandbox) doLogin(w http.ResponseWriter, r *http.Request) {
	id := r.PostForm.Get("flow")
	person, _ := strconv.ParseInt(r.PostForm.Get("person"), 10, 64)
	s.mu.Lock()
	f := s.liveFlow(id)
	if f == nil || s.people[person] == nil {
		s.mu.Unlock()
		writeExpired(w)
		return
	}
	f.authenticated = true
	who := session{person: person, since: s.now().Truncate(time.Second)}
	s.dropOldSessions()
	cookie := secret(1)
	s.sessions[cookie] = who
	next := s.advanceFlow(id, who)
	s.mu.Unlock()
	next.cookie = cookie
	s.sendStep(w, next)
}

// askedItem is one line of the consent page.
type askedItem struct {
	ID, Name string
	Required bool
}

func (s *Sandbox) showConsent(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("flow")
	s.mu.Lock()
	f, who := s.liveFlow(id), s.session(r)
	if f == nil || who.person == 0 {
		s.mu.Unlock()
		writeExpired(w)
		return
	}
	var asked []askedItem
	for _, it := range s.toAsk(f, who.person) {
		asked = append(asked, askedItem{it.id, it.name, s.app.Items[it.id] == StageRequired})
	}
	name := s.people[who.person].Nickname
	intro := name + "님의 카카오계정으로 이 서비스를 시작해요."
	if s.linked(who.person) != nil {
		intro = name + "님, 이 서비스를 계속 쓰려면 추가 동의가 필요해요."
	}
	data := map[string]any{"flow": id, "app": s.app.Name, "intro": intro, "items": itemList(asked)}
	s.mu.Unlock()
	writePage(w, http.StatusOK, "consent.html", data)
}

// itemList are the check boxes of the consent page. A required item cannot be unticked.
func itemList(asked []askedItem) markup {
	if len(asked) == 0 {
		return "\n<li><label><span>따로 동의할 항목은 없어요. 카카오계정과 서비스를 연결해요.</span></label></li>"
	}
	var b strings.Builder
	for _, it := range asked {
		format := `<input type="checkbox" name="scope" value="%s" checked><span><b>[선택]</b>%s</span>`
		if it.Required {
			format = `<input type="hidden" name="scope" value="%[1]s"><input type="checkbox" value="%[1]s" checked disabled><span><b>[필수]</b>%[2]s</span>`
		}
		fmt.Fprintf(&b, "\n<li><label>"+format+"</label></li>", esc(it.ID), esc(it.Name))
	}
	return markup(b.String())
}

func (s *Sandbox) doConsent(w http.ResponseWriter, r *http.Request) {
	id := r.PostForm.Get("flow")
	s.mu.Lock()
	f, who := s.liveFlow(id), s.session(r)
	answer := r.PostForm.Get("answer")
	if f == nil || who.person == 0 || !slices.Contains([]string{"agree", "cancel"}, answer) {
		s.mu.Unlock()
		writeExpired(w)
		return
	}
	var next step
	if answer == "cancel" {
		next = s.endFlow(id, "access_denied", "User denied access")
	} else {
		next = s.agree(id, who, r.PostForm["scope"])
	}
	s.mu.Unlock()
	s.sendStep(w, next)
}

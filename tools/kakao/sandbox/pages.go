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
		"'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// say returns the text in the language of the pages.
func (s *Sandbox) say(ko, en string) string {
	if s.english.Load() {
		return en
	}
	return ko
}

// inLanguage keeps one half of each [[Korean|English]] of a page.
func inLanguage(page string, say func(ko, en string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(page, "[[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		pair, after, _ := strings.Cut(rest, "]]")
		ko, en, _ := strings.Cut(pair, "|")
		b.WriteString(say(ko, en))
		page = after
	}
}

// writePage fills in the named page; data holds its {{names}}, but for nonce, style and lang.
func (s *Sandbox) writePage(w http.ResponseWriter, status int, name string, data map[string]any) {
	nonce := rand.Text()
	fields := []string{"{{nonce}}", nonce, "{{style}}", strings.ReplaceAll(page("style.html"), "{{nonce}}", nonce), "{{lang}}", s.say("ko", "en")}
	for key, value := range data {
		text, ok := value.(markup)
		if !ok {
			text = markup(esc(fmt.Sprint(value)))
		}
		fields = append(fields, "{{"+key+"}}", string(text))
	}
	pageHeaders(w, nonce)
	w.WriteHeader(status)
	io.WriteString(w, strings.NewReplacer(fields...).Replace(inLanguage(page(name), s.say))) //nolint:errcheck // the reader is gone
}

// liveFlow returns the flow a page belongs to, nil when it ran out.
func (s *Sandbox) liveFlow(id string) *flow {
	if f := s.flows[id]; f != nil && s.now().Before(f.until) {
		return f
	}
	return nil
}

func (s *Sandbox) showLogin(w http.ResponseWriter, r *http.Request) {
	id, goOn := r.URL.Query().Get("flow"), r.URL.Query().Get("continue")
	s.mu.Lock()
	live := s.liveFlow(id) != nil || ownAuthorize(goOn)
	var people []Person
	for _, p := range s.order {
		if !s.generated[p] && len(people) < maxOnLoginPage {
			people = append(people, *s.people[p])
		}
	}
	s.mu.Unlock()
	if !live {
		s.writeExpired(w)
		return
	}
	s.writePage(w, http.StatusOK, "login.html", map[string]any{
		"flow": id, "continue": goOn, "people": peopleList(people, s.say("앱 소유자", "app owner")),
	})
}

// peopleList are the buttons of the login page; the first one is the app's owner.
func peopleList(people []Person, owner string) markup {
	var b strings.Builder
	for i, p := range people {
		face, tag := "", ""
		for _, r := range p.Nickname {
			face = string(r)
			break
		}
		if i == 0 {
			tag = `<span class="tag">` + esc(owner) + `</span>`
		}
		fmt.Fprintf(&b, `
<li><button name="person" value="%d" title="%s"><span class="face" aria-hidden="true">%s</span><span>%[2]s</span>%[4]s</button></li>`,
			p.ID, esc(p.Nickname), esc(face), tag)
	}
	return markup(b.String())
}

func (s *Sandbox) doLogin(w http.ResponseWriter, r *http.Request) {
	id, goOn := r.PostForm.Get("flow"), r.PostForm.Get("continue")
	person, _ := strconv.ParseInt(r.PostForm.Get("person"), 10, 64)
	s.mu.Lock()
	f := s.liveFlow(id)
	if f == nil && !ownAuthorize(goOn) || s.people[person] == nil {
		s.mu.Unlock()
		s.writeExpired(w)
		return
	}
	who := session{person: person, since: s.now().Truncate(time.Second)}
	s.dropOldSessions()
	cookie := secret(1)
	s.sessions[cookie] = who
	next := step{location: goOn}
	if f != nil {
		f.authenticated = true
		next = s.advanceFlow(id, who)
	}
	s.mu.Unlock()
	next.cookie = cookie
	s.sendStep(w, next)
}

// ownAuthorize tells whether an address is this host's authorize page: a login
// leads nowhere else.
func ownAuthorize(address string) bool { return strings.HasPrefix(address, authorizePath+"?") }

func (s *Sandbox) showConsent(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("flow")
	s.mu.Lock()
	f, who := s.liveFlow(id), s.session(r)
	if f == nil || who.person == 0 {
		s.mu.Unlock()
		s.writeExpired(w)
		return
	}
	name := s.people[who.person].Nickname
	intro := s.say(name+"님의 카카오계정으로 이 서비스를 시작해요.", "Start this service with the Kakao account of "+name+".")
	if s.linked(who.person) != nil {
		intro = s.say(name+"님, 이 서비스를 계속 사용하려면 추가 동의가 필요해요.", name+", this service needs one more consent.")
	}
	data := map[string]any{"flow": id, "app": s.app.Name, "intro": intro, "items": s.itemList(s.toAsk(f, who.person))}
	s.mu.Unlock()
	s.writePage(w, http.StatusOK, "consent.html", data)
}

// itemList are the check boxes of the consent page. A required item cannot be unticked.
func (s *Sandbox) itemList(asked []item) markup {
	if len(asked) == 0 {
		return "\n<li><label><span>" + markup(s.say("따로 동의할 항목이 없어요. 카카오계정과 서비스를 연결해요.", "There is nothing to consent to. The service is connected to the Kakao account.")) + "</span></label></li>"
	}
	var b strings.Builder
	for _, it := range asked {
		format := `<input type="checkbox" name="scope" value="%s" checked><span><b>[` + s.say("선택", "Optional") + `]</b>%s</span>`
		if s.app.Items[it.id] == StageRequired {
			format = `<input type="hidden" name="scope" value="%[1]s"><input type="checkbox" value="%[1]s" checked disabled><span><b>[` + s.say("필수", "Required") + `]</b>%[2]s</span>`
		}
		fmt.Fprintf(&b, "\n<li><label>"+format+"</label></li>", esc(it.id), esc(s.say(it.name, it.english)))
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
		s.writeExpired(w)
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

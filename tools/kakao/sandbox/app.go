package sandbox

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Stage says when Kakao asks for a consent item, as set under [카카오 로그인] > [동의항목].
type Stage string

const (
	StageRequired Stage = "required" // 필수 동의: login fails without it
	StageOptional Stage = "optional" // 선택 동의: asked at login, may be unticked
	StageInUse    Stage = "in_use"   // 이용 중 동의: asked only when scope= names it
	StageOff      Stage = "off"      // not set up: asking for it shows KOE205
)

// App is the one application of a sandbox, as its owner configures it in the console.
type App struct {
	ID           int64            `json:"id"` // uuids of people depend on it
	Name         string           `json:"name"`
	Key          string           `json:"key"` // REST API key, the client_id
	Secret       string           `json:"secret"`
	SecretOn     bool             `json:"secret_on"`
	LoginOn      bool             `json:"login_on"`
	OIDCOn       bool             `json:"oidc_on"`
	Permission   bool             `json:"permission"` // reviewed: friends need not be members
	TestApp      bool             `json:"test_app"`   // only members can log in
	RedirectURIs []string         `json:"redirect_uris"`
	WebDomains   []string         `json:"web_domains"` // scheme://host[:port] whose links open
	Items        map[string]Stage `json:"items"`
	Members      []int64          `json:"members"`
	// ShareTemplates are IDs of console templates made for 카카오톡 공유: as messages
	// they are refused. Every other ID is a template made for messages.
	ShareTemplates []int64 `json:"share_templates"`
}

// item describes a consent item as people and /v2/user/scopes see it.
type item struct{ id, name, english, kind string }

// items are the consent items the sandbox knows, in the order of the consent page.
var items = []item{
	{"profile_nickname", "닉네임", "Nickname", "PRIVACY"},
	{"profile_image", "프로필 사진", "Profile picture", "PRIVACY"},
	{"account_email", "카카오계정(이메일)", "Kakao account (email)", "PRIVACY"},
	{"friends", "카카오 서비스 내 친구목록(프로필사진, 닉네임, 즐겨찾기 포함)", "Friends List in Kakao Service (including profile image, nickname, and favorites)", "PRIVACY"},
	{"talk_message", "카카오톡 메시지 전송", "Kakao Talk Message", "SERVICE"},
	{"talk_calendar", "톡캘린더 및 일정 생성, 조회, 편집/삭제", "Creating, viewing, editing and deleting Talk Calendar events", "SERVICE"},
}

const secretLength = 32 // of Kakao's client secrets

func defaultApp() App {
	return App{
		ID: 1234567, Name: "카톡 비서", Key: "5b0c2f7e91d84a36b2c7e0f15d9a8e43", Secret: secret(1)[:secretLength],
		SecretOn: true, LoginOn: true, OIDCOn: true,
		RedirectURIs: []string{
			"http://localhost:17654/auth/callback",
			"http://localhost:17654/friends/callback",
		},
		WebDomains: []string{"https://example.com"},
		Items: map[string]Stage{
			"profile_nickname": StageRequired, "friends": StageInUse, "talk_message": StageInUse, "talk_calendar": StageInUse,
		},
	}
}

func (a App) clone() App {
	a.RedirectURIs = slices.Clone(a.RedirectURIs)
	a.WebDomains = slices.Clone(a.WebDomains)
	a.Items = maps.Clone(a.Items)
	a.Members = slices.Clone(a.Members)
	a.ShareTemplates = slices.Clone(a.ShareTemplates)
	return a
}

// configured tells whether people can agree to the item at all.
func (a App) configured(id string) bool {
	st, ok := a.Items[id]
	return ok && st != StageOff && slices.ContainsFunc(items, func(it item) bool { return it.id == id })
}

// App returns a copy of the app's configuration.
func (s *Sandbox) App() App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app.clone()
}

// UpdateApp lets change edit the app's configuration. change must not call the sandbox.
func (s *Sandbox) UpdateApp(change func(*App)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.app.ID
	app := s.app.clone()
	change(&app)
	s.app = app.clone()
	s.members = make(map[int64]bool, len(s.app.Members))
	for _, m := range s.app.Members {
		s.members[m] = true
	}
	if s.app.ID != id {
		clear(s.byUUID)
		for _, p := range s.order {
			s.byUUID[s.uuid(p)] = p
		}
	}
	s.worldChanged()
}

// registered tells whether scheme, host and port are a web domain of the app.
func (s *Sandbox) registered(address string) bool {
	origin := originOf(address)
	return origin != "" && !s.faults.NoDomains &&
		slices.ContainsFunc(s.app.WebDomains, func(d string) bool { return originOf(d) == origin })
}

// originOf returns scheme://host[:port] without the scheme's own port, "" if address is no web address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host
}

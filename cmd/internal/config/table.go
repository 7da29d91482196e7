package config

import (
	"net"
	"net/url"
	"path/filepath"
	"slices"

	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/viewer/tunnel"
)

// row is what there is to know about one setting.
type row struct {
	name        string
	secret      bool
	preset      string // value where none is given
	choices     []string
	emptyCounts bool // set but empty is a value, too
	base        bool // an address that paths are appended to: no slash at its end
	// parse takes a value in, which is the preset or what somebody wrote.
	parse            func(s *Settings, text string) *Problem
	ko, en           string // meaning, in Markdown
	unsetKo, unsetEn string // the default in words, where it is no fixed value
}

var onOff = []string{"on", "off", "true", "false", "1", "0"}

// table has every setting. A new one takes a line here, its ID and its field.
var table = [count]row{
	ClientID: {name: "KAKAO_CLIENT_ID", secret: true, parse: text(func(s *Settings) *string { return &s.ClientID }),
		ko: "REST API 키", en: "REST API key"},
	ClientSecret: {name: "KAKAO_CLIENT_SECRET", secret: true, parse: text(func(s *Settings) *string { return &s.ClientSecret }),
		ko: "클라이언트 시크릿. `setup`이 키체인에 저장하므로 보통 적지 않아요", en: "client secret; `setup` stores it in the keychain",
		unsetKo: "키체인", unsetEn: "keychain"},
	CallbackURL: {name: "KAKAO_CALLBACK_URL", preset: "http://localhost:17654", base: true, parse: text(func(s *Settings) *string { return &s.CallbackURL }),
		ko: "로그인을 마치는 주소. 포트를 바꾸면 리다이렉트 URI도 다시 등록해야 해요", en: "where the browser returns after login; a new port needs a new redirect URI"},
	BaseURL: {name: "KAKAO_BASE_URL", base: true, parse: parseBaseURL,
		ko: "메시지 페이지의 공개 https 주소", en: "public https address of the message page"},
	Tunnel: {name: "KAKAO_TUNNEL", parse: parseTunnel,
		ko: "공개 주소를 연결하는 방법: `off`, `external`, `srv.us`, `ssh://…`, `exec:…`", en: "how the public address is connected: `off`, `external`, `srv.us`, `ssh://…`, `exec:…`",
		unsetKo: "`off`. `KAKAO_BASE_URL`이 있으면 `external`", unsetEn: "`off`; with `KAKAO_BASE_URL`, `external`"},
	TunnelKey: {name: "KAKAO_TUNNEL_KEY", parse: text(func(s *Settings) *string { return &s.TunnelKey }),
		ko: "SSH 터널의 개인 키 파일 (처음 사용할 때 만들어요)", en: "private key file of the SSH tunnel (created on first use)",
		unsetKo: "`" + tunnelKeyFile + "`", unsetEn: "`" + tunnelKeyFile + "`"},
	TunnelHostKey: {name: "KAKAO_TUNNEL_HOSTKEY", parse: parseHostKey,
		ko: "SSH 서버의 지문 `SHA256:…`", en: "the SSH server's fingerprint `SHA256:…`"},
	ViewerAddr: {name: "KAKAO_VIEWER_ADDR", preset: "127.0.0.1:17655", parse: parseViewerAddr,
		ko: "`external`, `exec:`에서 요청을 받을 이 컴퓨터의 주소", en: "address of this computer that receives requests for `external` and `exec:`"},
	PageURL: {name: "KAKAO_PAGE_URL", parse: parsePageURL,
		ko: "정적 호스트에 올린 메시지 페이지의 주소", en: "address of the published static message page"},
	LinkHosts: {name: "KAKAO_LINK_HOSTS", parse: parseLinkHosts,
		ko: "카카오에 [웹 도메인]으로 등록한 다른 주소들 (쉼표로 구분)", en: "other addresses registered as [Web Domain], separated by commas"},
	Confirm: {name: "KAKAO_CONFIRM", preset: "friends", choices: []string{"friends", "always", "client", "never"}, parse: text(func(s *Settings) *string { return &s.Confirm }),
		ko: "보내기 전에 묻기: `friends`(친구에게만), `always`, `client`(클라이언트의 양식으로만), `never`", en: "ask before sending: `friends`, `always`, `client` (by the client's form only), `never`"},
	ImageDir: {name: "KAKAO_IMAGE_DIR", parse: parseImageDir,
		ko: "보내도 되는 사진이 든 폴더. 없으면 이 컴퓨터의 사진을 보낼 때마다 물어봐요", en: "folder whose pictures may be sent; without one, each picture on this computer is asked about"},
	Calendar: {name: "KAKAO_CALENDAR", choices: onOff, parse: onOrOff(func(s *Settings) *bool { return &s.Calendar }),
		ko: "`on`이면 톡캘린더 알림 도구(`remind_me`)도 사용해요", en: "`on` adds the tool `remind_me` (TalkCalendar)",
		unsetKo: "`off`", unsetEn: "`off`"},
	AllowList: {name: "KAKAO_ALLOW", secret: true, emptyCounts: true, parse: parseAllow,
		ko: "설정하면 이 사람들(별칭, uuid)에게만 보내요. 빈 값이면 메시지를 보내지 않아요", en: "when set, messages go only to these people (aliases, uuids); if empty, to no one"},
	ReadOnly: {name: "KAKAO_READ_ONLY", choices: onOff, parse: onOrOff(func(s *Settings) *bool { return &s.ReadOnly }),
		ko: "`on`이면 보내는 도구를 숨겨요", en: "`on` hides the sending tools",
		unsetKo: "`off`", unsetEn: "`off`"},
	TokenStore: {name: "KAKAO_TOKEN_STORE", preset: KeptInKeychain, choices: []string{KeptInKeychain, KeptInFile}, parse: text(func(s *Settings) *string { return &s.TokenStore }),
		ko: "로그인 정보를 저장할 곳: `keychain`, `file`", en: "where to save the login: `keychain`, `file`"},
	Lang: {name: "KAKAO_LANG", choices: []string{string(wording.Korean), string(wording.English)}, parse: parseLang,
		ko: "`ko`, `en`", en: "`ko`, `en`",
		unsetKo: "운영체제의 언어", unsetEn: "the system's"},
	LogLevel: {name: "KAKAO_LOG_LEVEL", preset: "warn", choices: []string{"debug", "info", "warn", "error"}, parse: parseLogLevel,
		ko: "`debug`, `info`, `warn`, `error`. `debug`는 카카오에 보낸 요청(경로와 결과만)까지 남겨요", en: "`debug`, `info`, `warn`, `error`; `debug` adds every request to Kakao (path and status only)"},
	LogFile: {name: "KAKAO_LOG_FILE", parse: parseLogFile,
		ko: "로그를 저장할 파일", en: "log file", unsetKo: "stderr", unsetEn: "stderr"},
	AuthURL: {name: "KAKAO_AUTH_URL", preset: "https://kauth.kakao.com", base: true, parse: text(func(s *Settings) *string { return &s.AuthURL }),
		ko: "테스트용 로그인 서버", en: "login server, for tests"},
	APIURL: {name: "KAKAO_API_URL", preset: "https://kapi.kakao.com", base: true, parse: text(func(s *Settings) *string { return &s.APIURL }),
		ko: "테스트용 API 서버", en: "API server, for tests"},
	ClovaKey: {name: "CLOVA_API_KEY", secret: true, parse: text(func(s *Settings) *string { return &s.ClovaKey }),
		ko: "`chat`에서 사용하는 HCX-005 키", en: "HCX-005 key for `chat`"},
	ChatURL: {name: "CHAT_BASE_URL", parse: text(func(s *Settings) *string { return &s.ChatURL }),
		ko: "`chat`에서 사용할 다른 OpenAI 호환 서버", en: "another OpenAI-compatible server for `chat`"},
	ChatModel: {name: "CHAT_MODEL", preset: "HCX-005", parse: text(func(s *Settings) *string { return &s.ChatModel }),
		ko: "그 서버의 모델", en: "its model"},
	ChatKey: {name: "CHAT_API_KEY", secret: true, parse: text(func(s *Settings) *string { return &s.ChatKey }),
		ko: "그 서버의 키", en: "its key"},
	Home: {name: "KAKAOTALK_MCP_HOME", parse: text(func(s *Settings) *string { return &s.Home }),
		ko: "설정 폴더", en: "settings folder", unsetKo: "`~/.kakaotalk-mcp`", unsetEn: "`~/.kakaotalk-mcp`"},
	Browser: {name: "BROWSER", parse: text(func(s *Settings) *string { return &s.Browser }),
		ko: "주소를 열 프로그램", en: "program that opens addresses"},
}

// model are the settings of chat's model, which is a real one in the sandbox, too.
var model = []ID{ClovaKey, ChatURL, ChatModel, ChatKey}

// inSandbox are the real settings that count in the sandbox, and only from the
// environment: no file of the real home is read.
var inSandbox = append([]ID{Lang, LogLevel, LogFile, Confirm, ImageDir, Calendar, ReadOnly, Browser}, model...)

// text takes a value in as it is; one of a fixed set in small letters.
func text(to func(*Settings) *string) func(*Settings, string) *Problem {
	return func(s *Settings, text string) *Problem { *to(s) = text; return nil }
}

func onOrOff(to func(*Settings) *bool) func(*Settings, string) *Problem {
	return func(s *Settings, text string) *Problem {
		*to(s) = slices.Contains([]string{"on", "true", "1"}, text)
		return nil
	}
}

func parseBaseURL(s *Settings, text string) *Problem {
	s.BaseURL = text
	if u, ok := Address(text); text != "" && (!ok || u.Scheme != "https") {
		return problemf("KAKAO_BASE_URL에는 https://로 시작하는 공개 주소를 적어 주세요", "KAKAO_BASE_URL must be a public https:// address")
	}
	return nil
}

func parsePageURL(s *Settings, text string) *Problem {
	s.PageURL = text
	if u, ok := Address(text); text != "" && (!ok || !IsSafe(u)) {
		return problemf("KAKAO_PAGE_URL에는 https://로 시작하는 메시지 페이지 주소를 적어 주세요", "KAKAO_PAGE_URL must be the https:// address of the message page")
	}
	return nil
}

func parseViewerAddr(s *Settings, text string) *Problem {
	s.ViewerAddr = text
	if host, port, err := net.SplitHostPort(text); err != nil || host == "localhost" || !IsLoopback(host) || !isPort(port) {
		return problemf("KAKAO_VIEWER_ADDR에는 127.0.0.1:17655처럼 이 컴퓨터의 주소와 포트를 적어 주세요", "KAKAO_VIEWER_ADDR must be like 127.0.0.1:17655, on this computer only")
	}
	return nil
}

func parseLinkHosts(s *Settings, text string) *Problem {
	for _, origin := range splitList(text) {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return problemf("KAKAO_LINK_HOSTS에는 https://example.com 같은 주소를 쉼표로 구분해 적어 주세요", "KAKAO_LINK_HOSTS must list addresses such as https://example.com, separated by commas")
		}
		s.LinkHosts = WithOrigin(s.LinkHosts, origin)
	}
	return nil
}

func parseTunnel(s *Settings, text string) *Problem {
	s.Tunnel = tunnel.Spec{Kind: tunnel.Off}
	if text == "" {
		return nil
	}
	spec, err := tunnel.Parse(text)
	if err != nil {
		return badTunnel(err)
	}
	s.Tunnel = spec
	return nil
}

func parseImageDir(s *Settings, text string) *Problem {
	s.ImageDir = text
	if text != "" && !filepath.IsAbs(text) {
		return problemf("KAKAO_IMAGE_DIR에는 폴더의 전체 경로를 적어 주세요", "KAKAO_IMAGE_DIR must be the absolute path of a folder")
	}
	return nil
}

func parseAllow(s *Settings, text string) *Problem {
	s.Allow.Who = splitList(text)
	if text != "" && len(s.Allow.Who) == 0 { // a list that was meant to hold somebody
		return problemf("KAKAO_ALLOW에는 별칭이나 uuid를 쉼표로 구분해 적어 주세요", "KAKAO_ALLOW must list aliases or uuids, separated by commas")
	}
	return nil
}

func parseLang(s *Settings, text string) *Problem {
	s.Lang = wording.Lang(text) // one of the choices, or ""
	return nil
}

// parseLogFile: the process that keeps a login works in another folder, and writes
// into the same file.
func parseLogFile(s *Settings, text string) *Problem {
	s.LogFile = text
	if path, err := filepath.Abs(text); text != "" && err == nil {
		s.LogFile = path
	}
	return nil
}

func parseLogLevel(s *Settings, text string) *Problem {
	_ = s.LogLevel.UnmarshalText([]byte(text)) // one of the choices
	return nil
}

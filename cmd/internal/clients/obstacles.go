package clients

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// offSwitch is a key of an entry that, with this value, keeps the server off.
type offSwitch struct {
	key   string
	value bool
}

// Obstacles are what keeps the server that is registered as e from running, or its
// tools from being used: switched_off, untrusted_folder, refused_file (the client's
// own parser refuses the file) and approval_needed (only where nobody can be asked).
// Each names the file and the key. Where e is not registered there are none.
func (c Client) Obstacles(e Entry) []*problem.Problem {
	c = c.holding(e.Name)
	doc, err := c.load()
	if err != nil {
		return nil
	}
	root, _, err := c.format.Open(doc.text, e.Name)
	if err != nil || !isOurs(c.shape.programIn(c.format.Entry(root, e.Name)), e) {
		return nil
	}
	var list []*problem.Problem
	if err := c.refused(doc); err != nil {
		list = append(list, c.textProblem(err))
	}
	for _, off := range c.off {
		if p := c.switchedOff(off, e.Name); p != nil {
			list = append(list, p)
		}
	}
	if c.beside != nil {
		list = append(list, c.beside(c, root, e.Name)...)
	}
	return list
}

// switchedOff asks every file that counts, the strongest first.
func (c Client) switchedOff(off offSwitch, name string) *problem.Problem {
	files := []string{c.file}
	if c.merged {
		files = c.files
	}
	for _, file := range files {
		at := c
		at.file = file
		doc, err := at.load()
		if err != nil {
			continue
		}
		have, _, err := at.read(doc.text, name)
		value := formats.LookUp(have, off.key)
		if err != nil || value == nil {
			continue
		}
		if value != off.value {
			return nil
		}
		return at.problem("switched_off", 0, at.offWords(), c.sys.Lang.Sayf(
			"사용하려면 그 파일에서 `%s` 값을 %v로 바꿔 주세요.", "To use it, set `%s` to %v in that file.", c.format.KeyOf(name, off.key), !off.value))
	}
	return nil
}

func (c Client) offWords() string {
	return c.sys.Lang.Sayf("%s에 등록되어 있지만 꺼져 있어요.", "%s has it registered, but switched off.", c.Title)
}

// listed reports servers that a list in the settings keeps off: one of those that
// are out, or not one of those that alone are in.
func (c Client) listed(root map[string]any, name, outKey, inKey string) []*problem.Problem {
	out, _ := formats.LookUp(root, outKey).([]any)
	in, limited := formats.LookUp(root, inKey).([]any)
	switch {
	case slices.Contains(out, any(name)):
		return []*problem.Problem{c.problem("switched_off", 0, c.offWords(),
			c.sys.Lang.Sayf("사용하려면 그 파일의 `%s` 목록에서 %s 항목을 지워 주세요.", "To use it, remove %[2]s from `%[1]s` in that file.", outKey, name))}
	case limited && !slices.Contains(in, any(name)):
		return []*problem.Problem{c.problem("switched_off", 0, c.offWords(),
			c.sys.Lang.Sayf("사용하려면 그 파일의 `%s` 목록에 %s 항목을 넣어 주세요.", "To use it, add %[2]s to `%[1]s` in that file.", inKey, name))}
	}
	return nil
}

// geminiLike looks at what Gemini CLI and its descendants keep beside the entry.
// trustAsked is whether folders must be trusted where the settings do not say.
func geminiLike(trustAsked bool) func(c Client, root map[string]any, name string) []*problem.Problem {
	return func(c Client, root map[string]any, name string) []*problem.Problem {
		list := c.listed(root, name, "mcp.excluded", "mcp.allowed")
		folder := filepath.Dir(c.file)
		at := c
		at.file = filepath.Join(folder, "mcp-server-enablement.json") // written by /mcp disable
		if formats.LookUp(readJSON(at.file), name+".enabled") == false {
			list = append(list, at.problem("switched_off", 0, at.offWords(),
				c.sys.Lang.Sayf("사용하려면 그 파일에서 `%s` 값을 true로 바꿔 주세요.", "To use it, set `%s` to true in that file.", name+".enabled")))
		}
		const trustKey = "security.folderTrust.enabled"
		asked, says := formats.LookUp(root, trustKey).(bool)
		at.file = filepath.Join(folder, "trustedFolders.json")
		if (asked || !says && trustAsked) && !trustsAny(at.file) {
			list = append(list, at.problem("untrusted_folder", 0,
				c.sys.Lang.Sayf("%s 프로그램은 신뢰하는 폴더에서만 서버를 시작하는데, 신뢰하는 폴더가 아직 없어요.", "%s starts servers only in trusted folders, and no folder is trusted yet.", c.Title),
				c.sys.Lang.Sayf("사용할 폴더에서 실행해 신뢰한다고 답해 주세요. 어디서나 사용하려면 %s 파일에서 `%s` 값을 false로 바꿔 주세요.", "Start it in the folder you use and say that you trust it, or set `%[2]s` to false in %[1]s.", c.file, trustKey)))
		}
		return list
	}
}

// trustsAny reports that some folder is trusted: which one the client will be
// started in is not known.
func trustsAny(file string) bool {
	for _, level := range readJSON(file) {
		if text, ok := level.(string); ok && strings.HasPrefix(text, "TRUST_") {
			return true
		}
	}
	return false
}

// copilotSettings: `copilot mcp disable` keeps names in another file.
func copilotSettings(c Client, _ map[string]any, name string) []*problem.Problem {
	c.file = filepath.Join(filepath.Dir(c.file), "settings.json")
	return c.listed(readJSON(c.file), name, "disabledMcpServers", "")
}

// quietTools reach nobody but the user: a client may use them without asking.
var quietTools = []string{"search_kakao_friends", "send_message_to_me"}

func approvalKey(tool string) string { return "tools." + tool + ".approval_mode" }

// approvals are the keys that let the quiet tools through where the client asks
// nobody. Messages to others are never let through: a person answers for those.
func (c Client) approvals() []formats.Field {
	var list []formats.Field
	if c.ID == codexID {
		for _, tool := range quietTools {
			list = append(list, formats.Field{Key: approvalKey(tool), Value: "approve", IsDefault: true})
		}
	}
	return list
}

func codexApprovals(c Client, root map[string]any, name string) []*problem.Problem {
	entry := c.format.Entry(root, name)
	if slices.ContainsFunc(quietTools, func(tool string) bool { return formats.LookUp(entry, approvalKey(tool)) == "approve" }) {
		return nil
	}
	return []*problem.Problem{c.problem("approval_needed", 0,
		c.sys.Lang.Say("사람에게 묻지 않는 `codex exec`에서는 메시지를 보내지 못해요.", "`codex exec` cannot ask you, so it does not send messages."),
		c.sys.Lang.Sayf("친구 찾기와 나와의 채팅으로 보내기를 허용하려면 `%s install codex --approve` 명령을 실행해 주세요. `%s` 값을 설정해요. 친구에게 보내기는 허용하지 않아요.",
			"To allow searching and messages to your own chat, run `%s install codex --approve`. It sets `%s`. Messages to friends are still not sent.", c.sys.Program, c.format.KeyOf(name, approvalKey("…"))))}
}

// readJSON reads another file of a client's; nil if it cannot be read.
func readJSON(path string) map[string]any {
	raw, err := private.Read(path, maxFile)
	if err != nil {
		return nil
	}
	var root map[string]any
	raw = append(bytes.TrimPrefix(raw, []byte(byteOrderMark)), '\n') // a comment may end the file
	if raw, err = hujson.Standardize(raw); err != nil || json.Unmarshal(raw, &root) != nil {
		return nil
	}
	return root
}

// refusals are what a client's own parser does not take, as measured.
type refusals int

const (
	refusesMark refusals = 1 << iota
	refusesComments
	refusesTrailing // commas behind a last item
)

// refused finds what keeps the client itself from reading its file. The error is a
// *formats.Error.
func (c Client) refused(doc *document) error {
	if doc.mark != "" && c.refuses&refusesMark != 0 {
		return &formats.Error{Kind: formats.WrongMark, Line: 1, Msg: "byte order mark"}
	}
	if c.refuses&(refusesComments|refusesTrailing) == 0 {
		return nil
	}
	return formats.PlainJSON(doc.text, c.refuses&refusesComments == 0, c.refuses&refusesTrailing == 0)
}

package messenger

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/compose"
	"kakaotalk-mcp/tools/journal"
	"kakaotalk-mcp/tools/kakao/sandbox"
	"kakaotalk-mcp/tools/kakao/sandbox/sandboxtest"
)

// refusals are calls that come to an error, by the reason given. The reasons of
// Kakao's codes are played in TestKakaoCodes.
var refusals = map[string][]refusalCase{
	"bad_content": {
		{args: `{"template":{},"template_id":3}`}, {args: `{"template_id":3,"link":"https://a.example"}`}, {args: `{"message":"a","template_args":{"a":"b"}}`},
		{args: `{"message":"a","button":"b"}`}, {args: `{"message":"a","title":"\u200b"}`}, {args: `{"message":"a","title":"` + sandboxtest.Letters(60) + `"}`},
		{args: `{"message":"a","image":"http://127.0.0.1/a.png"}`}, {args: `{"template":{"object_type":"poem"}}`}, {args: `{"template":{"object_type":"feed"}}`},
		{args: `{"template":{"object_type":"list","header_title":"h","contents":[]}}`},
	},
	"bad_image":          append(pictureCases(), refusalCase{args: `{"message":"a","image":"chart.png"}`}),
	"picture_unasked":    {{args: `{"message":"a","image":` + strconv.Quote(filepath.Join(os.TempDir(), "a.png")) + `}`}},
	"upload_failed":      {{direct: func(w *world) error { return w.m.uploadFailed() }}},
	"uploading":          {{direct: func(w *world) error { return w.m.stillUploading() }}},
	"bad_link":           {{args: `{"message":"a","link":"ftp://a.example"}`}},
	"empty_message":      {{args: `{"message":""}`}, {args: `{"message":"\u200b"}`}},
	"broken_text":        {{args: `{"message":"a\ufffd"}`}, {args: `{"template_id":3,"template_args":{"a":"\ufffd"}}`}},
	"too_long":           {{tool: toolSend, args: `{"to":["홍길동"],"message":"` + sandboxtest.Letters(3000) + `"}`}, {args: `{"message":"` + strings.Repeat("가", 140_000) + `"}`}, {args: `{"template_id":3,"template_args":{"a":"` + strings.Repeat("x", compose.MaxTemplateArgs) + `"}}`}},
	"no_receiver":        {{tool: toolSend, args: `{"message":"a"}`}},
	"bad_receiver":       {{tool: toolSend, args: `{"to":[" "],"message":"a"}`}, {tool: toolSend, args: `{"to":["` + sandboxtest.Letters(200) + `"],"message":"a"}`}},
	"too_many_receivers": {{tool: toolSend, args: `{"to":["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","r","s","t","u"],"message":"a"}`}},
	"own_uuid":           {{tool: toolSend, args: `{"uuid":"@김하늘","message":"a"}`}},
	"own_chat":           {{tool: toolSend, args: `{"to":["나"],"message":"a"}`}},
	"unknown_uuid":       {{tool: toolSend, args: `{"uuid":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01","message":"a"}`}},
	"no_exact_name":      {{tool: toolSend, args: `{"to":["지민"],"message":"a"}`}},
	"no_such_friend":     {{tool: toolSend, args: `{"to":["제갈공명"],"message":"a"}`}},
	"ambiguous_name":     {{tool: toolSend, args: `{"to":["김지민"],"message":"a"}`, spoil: func(w *world) { w.Friend("김지민") }}},
	"name_changed_owner": {{tool: toolSend, args: `{"to":["새친구"],"message":"b"}`, spoil: func(w *world) {
		id := w.Friend("새친구")
		w.call(toolSend, `{"to":["새친구"],"message":"a"}`)
		w.Kakao.Befriend(w.Kakao.Owner().ID, id, sandbox.Friendship{Hidden: true})
		w.Friend("새친구")
		w.restart()
	}}},
	"not_allowed": {{tool: toolSend, args: `{"to":["홍길동"],"message":"a"}`, change: func(c *Config) { c.Allow = []string{"엄마"} }}},
	"cannot_ask":  {{args: `{"message":"a"}`, change: func(c *Config) { c.Confirm = ConfirmAlways }}},
	"declined": {{tool: toolSend, args: `{"to":["홍길동"],"message":"a"}`, change: asking, human: answering(ask.Cancel)},
		{args: `{"message":"a"}`, change: func(c *Config) { c.Confirm = ConfirmAlways }, human: answering(ask.Cancel)}},
	"not_set_up":   {{args: `{"message":"a"}`, change: func(c *Config) { c.Session = nil }}},
	"bad_settings": {{tool: toolSearch, args: `{}`, change: func(c *Config) { c.Session, c.Broken = nil, errors.New("KAKAO_X") }}},
	"home_unusable": {{args: `{"message":"a"}`, spoil: func(w *world) { os.Mkdir(w.cfg.Home+"/journal", 0o700) }},
		{tool: toolSend, args: `{"to":["엄마"],"message":"a"}`, spoil: func(w *world) { os.WriteFile(w.m.aliases.Path, []byte("{"), 0o600) }}},
	"account_changed": {{tool: toolSend, args: `{"to":["홍길동"],"message":"a"}`, spoil: func(w *world) {
		w.call(toolSearch, `{"query":"홍길동"}`)
		w.Kakao.Unlink(w.Kakao.Owner().ID)
		*w.Visitor = sandbox.Visitor{Person: "김지민"}
	}}},
	"offline":         {{args: `{"message":"a"}`, spoil: func(w *world) { w.m.cfg.Kakao.HTTP.Transport = &sandboxtest.Refusing{Left: 99} }}},
	"unknown_outcome": {{args: `{"message":"a"}`, spoil: func(w *world) { w.Fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", Cut: "after"}) }}},
	"kakao_error":     {{args: `{"message":"a"}`, spoil: codeIs("-77777")}},
	"bad_query":       {{tool: toolSearch, args: `{"query":"\u200b"}`}, {tool: toolSearch, args: `{"query":"` + sandboxtest.Letters(300) + `"}`}},
	"kakao_unavailable": {{tool: toolSearch, args: `{}`, spoil: func(w *world) {
		w.Fault(sandbox.Faults{FailPath: "/v1/api/talk/friends", FailStatus: 404, FailBody: "<html>"})
	}}},
	"tunnel_down":      {{tool: toolSend, args: `{"to":["홍길동"],"message":"` + sandboxtest.Letters(3000) + `"}`, change: onShelf(shelf{proven: true, tunnel: "터널을 연결하고 있어요."})}},
	"page_unavailable": {{tool: toolSend, args: `{"to":["홍길동"],"message":"` + sandboxtest.Letters(3000) + `"}`, change: onShelf(shelf{up: true, proven: true, broken: true})}},
	"read_only": {{direct: func(w *world) error {
		w.m.cfg.ReadOnly = true
		return (&sending{m: w.m}).check(w.T.Context())
	}}},
	"busy": {{direct: func(w *world) error { return w.m.JournalProblem(journal.ErrBusy) }}},
	"file_in_use": {{direct: func(w *world) error {
		return w.m.JournalProblem(fmt.Errorf("%w: %w", private.ErrHeld, &os.PathError{Op: "open", Path: "journal", Err: os.ErrPermission}))
	}}},
	"cancelled":         {{direct: func(*world) error { return context.Canceled }}},
	"unanswered":        {{direct: func(*world) error { return ask.ErrUnanswered }}},
	"confirmation_open": {{direct: func(*world) error { return ask.ErrOpen }}},
	"server_ending":     {{direct: func(*world) error { return ask.ErrEnding }}},
	"not_shown":         {{direct: func(*world) error { return ask.ErrUnseen }}},
	"timeout":           {{direct: func(*world) error { return context.DeadlineExceeded }}},
	"bad_alias":         {{direct: named("")}, {direct: named("나")}},
	"alias_taken": {{direct: func(w *world) error {
		w.alias("엄마", "정서연")
		return named("엄마")(w)
	}}},
	"no_alias":          {{direct: func(w *world) error { _, err := w.m.RemoveAlias("엄마"); return err }}},
	"not_approved":      {{direct: func(w *world) error { _, err := w.m.RemoveApproval("엄마"); return err }}},
	"consent_too_fresh": {{empty: true, tool: toolSearch, args: `{}`, spoil: alone}},
	"nobody_qualifies": {{empty: true, tool: toolSearch, args: `{}`, spoil: func(w *world) {
		alone(w)
		w.cfg.Now = func() time.Time { return time.Now().Add(time.Hour) }
		w.restart()
	}}},
}

// refusalCase is a call of tool, send_message_to_me if it is left out, or an error
// that no call can be made to meet.
type refusalCase struct {
	tool, args string
	change     func(*Config)
	spoil      func(*world)
	human      Human // nil: a client without forms
	empty      bool  // a finding, not an error
	direct     func(*world) error
}

// pictureCases are all files that are refused.
func pictureCases() (list []refusalCase) {
	for _, w := range append(pictureWords(), pictureWord{err: errors.New("anything else")}) {
		list = append(list, refusalCase{direct: func(world *world) error { return world.m.pictureRefusal(w.err) }})
	}
	return list
}

func codeIs(code string) func(*world) {
	return func(w *world) {
		w.Fault(sandbox.Faults{FailPath: "/v2/api/talk/memo", FailStatus: 400, FailBody: `{"code":` + code + `,"msg":"x"}`})
	}
}

// onShelf is withPages for cases that are played side by side.
func onShelf(s shelf) func(*Config) {
	return func(c *Config) {
		own := s
		c.Pages = &own
	}
}

func named(alias string) func(*world) error {
	return func(w *world) error {
		_, err := w.m.SetAlias(w.T.Context(), alias, "홍길동", Nobody{})
		return err
	}
}

func alone(w *world) { w.Lonely() }

// play returns the error that a case comes to.
func (c refusalCase) play(t *testing.T, lang wording.Lang) (reason, next, text string, retry problem.Retry) {
	w := loggedIn(t, func(cfg *Config) {
		if cfg.Lang = lang; c.change != nil {
			c.change(cfg)
		}
	})
	if c.direct != nil {
		r := w.m.Refusal(c.direct(w))
		return r.Reason, r.Next, r.Error(), r.Retry
	}
	if c.spoil != nil {
		c.spoil(w)
	}
	if c.tool == "" {
		c.tool = toolToMe
	}
	var a answer
	if c.human == nil {
		c.human = Nobody{}
	}
	a = w.asked(c.human, c.tool, w.Fill(c.args))
	if a.IsError == c.empty {
		t.Errorf("isError is %v: %s", a.IsError, a.Text)
	}
	return a.str("reason"), a.str("next_step"), a.Text, problem.Retry(a.str("retry"))
}

// TestEveryErrorSaysWhatToDo: whatever goes wrong, the answer has a reason, a next
// step and whether trying again helps, and its text says each thing once.
func TestEveryErrorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	retries := []problem.Retry{problem.No, problem.AfterUser, problem.Later, problem.Yes}
	for want, cases := range refusals {
		for i, c := range cases {
			for _, lang := range []wording.Lang{"ko", "en"} {
				t.Run(want+" "+string(lang)+" "+strconv.Itoa(i), func(t *testing.T) {
					t.Parallel()
					reason, next, text, retry := c.play(t, lang)
					if reason != want || len(next) < 5 || !slices.Contains(retries, retry) || strings.Count(text, next) != 1 {
						t.Errorf("reason %q, retry %q, next step %q:\n%s", reason, retry, next, text)
					}
					if again := map[wording.Lang]string{"ko": "다시", "en": "again"}[lang]; retry != problem.No && !c.empty && !strings.Contains(text, again) {
						t.Errorf("whether to ask again is not said: %s", text)
					}
					if c.direct == nil && !c.empty && c.tool != toolSearch && !strings.Contains(text, map[wording.Lang]string{"ko": "보내지", "en": "sen"}[lang]) {
						t.Errorf("whether it was sent is not said: %s", text)
					}
					for _, sentence := range []string{"보내지 않았어요", "was not sent"} {
						if strings.Count(text, sentence) > 1 {
							t.Errorf("said twice: %s", text)
						}
					}
					if lang == "en" && hangulLetter.MatchString(consoleWords.ReplaceAllString(next, "")) {
						t.Errorf("Korean in the English step: %s", next)
					}
				})
			}
		}
	}
	for code, w := range codes() {
		if w.reason == "" || w.ko == "" || w.en == "" || w.nextKo == "" || w.nextEn == "" || w.retry == "" {
			t.Errorf("%d: %+v", code, w)
		}
	}
}

// TestEveryReasonIsPlayed: a new reason in the code needs a case above.
func TestEveryReasonIsPlayed(t *testing.T) {
	played := map[string]bool{}
	for reason := range refusals {
		played[reason] = true
	}
	for _, w := range codes() {
		played[w.reason] = true
	}
	found := 0
	see := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			reason, _ := strconv.Unquote(lit.Value)
			if found++; reason != "" && !played[reason] {
				t.Errorf("no case ends with %q", reason)
			}
		}
	}
	inspect := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" {
				see(n.Value)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if field, ok := left.(*ast.SelectorExpr); ok && field.Sel.Name == "Reason" && len(n.Rhs) == len(n.Lhs) {
					see(n.Rhs[i])
				}
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "bad" {
				see(n.Args[0])
			}
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "refusal" {
				see(n.Args[0])
			}
		}
		return true
	}
	own, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	content, err := filepath.Glob("../compose/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(own, content...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, inspect)
	}
	if found < 50 {
		t.Errorf("only %d reasons found in the code", found)
	}
}

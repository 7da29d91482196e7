package formats

import (
	"fmt"
	"strings"

	"github.com/tailscale/hujson"
)

// maxDepth bounds nesting: the parser recurses, and no configuration nests so deep.
const maxDepth = 200

const blank = " \t\r\n"

// jsonText is a parsed text. Edits splice bytes into text, so that everything
// else, comments and spaces too, stays as it is.
type jsonText struct {
	text string
	root hujson.Value
}

// parseJSON reads JSON with comments and trailing commas. An empty file, or one
// of comments only, reads as an empty object behind them.
func parseJSON(text string) (*jsonText, error) {
	if line := tooDeep(text); line > 0 {
		return nil, &Error{WrongShape, line, "nested too deep"}
	}
	if hujson.Extra(text + "\n").IsValid() {
		if text = strings.TrimRight(text, blank); text != "" {
			text += "\n"
		}
		text += "{}\n"
	}
	root, err := hujson.Parse([]byte(text))
	if err != nil {
		var line, column int
		_, _ = fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column)
		return nil, &Error{WrongSyntax, line, fmt.Sprintf("not valid JSON (column %d)", column)}
	}
	doc := &jsonText{text, root}
	if _, ok := root.Value.(*hujson.Object); !ok {
		return nil, doc.errorAt(WrongShape, root.StartOffset, "the file does not hold an object")
	}
	return doc, nil
}

func (d *jsonText) errorAt(kind Wrong, offset int, msg string) error {
	return &Error{kind, lineAt(d.text, offset), msg}
}

// PlainJSON refuses comments, and commas behind a last item, where they are not let
// through. The error is a *Error.
func PlainJSON(text string, comments, trailing bool) error {
	d, err := parseJSON(text)
	if err != nil {
		return err
	}
	d.root.Standardize() // blanks in place of what is not plain JSON
	for i, standard := 0, d.root.Pack(); i < len(d.text); i++ {
		switch {
		case d.text[i] == standard[i]:
		case d.text[i] == ',' && !trailing:
			return d.errorAt(WrongTrailing, i, "comma behind a last item")
		case d.text[i] == '/' && !comments:
			return d.errorAt(WrongComment, i, "comment")
		case strings.HasPrefix(d.text[i:], "//"):
			i += len(upTo(d.text[i:], "\n")) - 1
		case strings.HasPrefix(d.text[i:], "/*"):
			i += len("/*") + len(upTo(d.text[i+len("/*"):], "*/")) - 1
		}
	}
	return nil
}

// tooDeep returns the line where nesting passes maxDepth, 0 if it never does.
func tooDeep(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case rest[0] == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case strings.HasPrefix(rest, "//"):
			i += len(upTo(rest, "\n")) - 1
		case strings.HasPrefix(rest, "/*"):
			i += len("/*") + len(upTo(rest[len("/*"):], "*/")) - 1
		case rest[0] == '{', rest[0] == '[':
			if depth++; depth > maxDepth {
				return lineAt(text, i)
			}
		case rest[0] == '}', rest[0] == ']':
			depth--
		}
	}
	return 0
}

// child finds a key of an object. A key that occurs twice is refused: clients
// differ in which one they take.
func (d *jsonText) child(v *hujson.Value, name string) (index int, err error) {
	obj, ok := v.Value.(*hujson.Object)
	if !ok {
		return -1, d.errorAt(WrongShape, v.StartOffset, "an object is expected here")
	}
	index = -1
	for i, m := range obj.Members {
		if m.Name.Value.(hujson.Literal).String() != name {
			continue
		}
		if index >= 0 {
			return -1, d.errorAt(WrongTwice, m.Name.StartOffset, "a key occurs twice")
		}
		index = i
	}
	return index, nil
}

// find returns the deepest value on path that exists and how many keys led there.
func (d *jsonText) find(path []string) (v *hujson.Value, depth int, err error) {
	v = &d.root
	for depth < len(path) {
		i, err := d.child(v, path[depth])
		if err != nil {
			return nil, 0, err
		}
		if i < 0 {
			break
		}
		v = &v.Value.(*hujson.Object).Members[i].Value
		depth++
	}
	return v, depth, nil
}

// setJSON puts value at path, replacing what is there and making missing objects.
func setJSON(text string, path []string, value any) (string, error) {
	d, err := parseJSON(text)
	if err != nil {
		return "", err
	}
	at, depth, err := d.find(path)
	if err != nil {
		return "", err
	}
	style := d.style()
	if depth == len(path) {
		return d.text[:at.StartOffset] + style.render(value, d.indentAt(at.StartOffset)) + d.text[at.EndOffset:], nil
	}
	for i := len(path) - 1; i > depth; i-- {
		value = object{{path[i], value}}
	}
	return d.insert(at, member{path[depth], value}, style), nil
}

// insert adds a member behind the last one of an object, and behind a comment
// that follows that one.
func (d *jsonText) insert(v *hujson.Value, m member, style jsonStyle) string {
	obj := v.Value.(*hujson.Object)
	closing := v.EndOffset - 1
	tail := string(obj.AfterExtra)
	at := closing - len(tail) + len(strings.TrimRight(tail, blank))
	outer := d.indentAt(v.StartOffset)
	indent, multiline := outer+style.unit, style.newline != ""
	comma, end := "", ""
	head := d.text[:at]
	if n := len(obj.Members); n > 0 {
		before := string(obj.Members[0].Name.BeforeExtra)
		if i := strings.LastIndexByte(before, '\n'); i >= 0 {
			indent = before[i+1:][:leadingBlank(before[i+1:])]
		}
		multiline = strings.Contains(before+tail, "\n")
		if last := obj.Members[n-1].Value; last.AfterExtra != nil {
			comma = "," // the object ends in a comma: so shall it again
		} else {
			head = d.text[:last.EndOffset] + "," + d.text[last.EndOffset:at]
		}
	}
	newline := style.newline
	if newline == "" {
		newline = "\n" // a comment to the end of a line may stand in a line otherwise compact
	}
	if !multiline && !endsInLineComment(d.text[closing-len(tail):at]) {
		space := ""
		if len(obj.Members) > 0 {
			space = style.space
		}
		return head + space + style.name(m.name) + jsonStyle{space: style.space}.render(m.value, "") + comma + d.text[at:]
	}
	if !strings.Contains(d.text[at:closing], "\n") {
		end = newline + outer
	}
	style.newline = newline
	return head + newline + indent + style.name(m.name) + style.render(m.value, indent) + comma + end + d.text[at:]
}

// removeJSON takes the member at path out, with the comma that joined it.
func removeJSON(text string, path []string) (string, error) {
	d, err := parseJSON(text)
	if err != nil {
		return "", err
	}
	parent, depth, err := d.find(path[:len(path)-1])
	if err != nil || depth < len(path)-1 {
		return text, err
	}
	i, err := d.child(parent, path[len(path)-1])
	if err != nil || i < 0 {
		return text, err
	}
	obj := parent.Value.(*hujson.Object)
	m, last := obj.Members[i], i == len(obj.Members)-1
	before := string(m.Name.BeforeExtra) // a comment in it belongs to what stands before
	start := m.Name.StartOffset - len(before) + len(strings.TrimRight(before, blank))
	lineEnd := ""
	if endsInLineComment(before[:len(strings.TrimRight(before, blank))]) {
		lineEnd = newlineOf(text)
	}
	end := m.Value.EndOffset
	if !last || m.Value.AfterExtra != nil {
		end += len(m.Value.AfterExtra) + len(",")
		return tidy(d.text[:start], lineEnd, d.text[end:]), nil
	}
	head := d.text[:start]
	if i > 0 { // the comma before it goes
		comma := obj.Members[i-1].Value.EndOffset + len(obj.Members[i-1].Value.AfterExtra)
		head = d.text[:comma] + d.text[comma+1:start]
	}
	return tidy(head, lineEnd, d.text[end:]), nil
}

// endsInLineComment reports comments and blanks of which the last is a comment to
// the end of its line, without that end: what comes next must not join it.
func endsInLineComment(extra string) bool {
	return !hujson.Extra(extra).IsValid()
}

// tidy joins two texts without blanks in an object that became empty, or before
// the new first member in a line. lineEnd, if any, must stand between them.
func tidy(head, lineEnd, tail string) string {
	rest := strings.TrimLeft(tail, blank)
	inLine := !strings.Contains(tail[:len(tail)-len(rest)], "\n")
	if inLine && lineEnd != "" {
		return head + lineEnd + tail
	}
	if strings.HasSuffix(head, "{") && (inLine || strings.HasPrefix(rest, "}")) {
		return head + rest
	}
	return head + tail
}

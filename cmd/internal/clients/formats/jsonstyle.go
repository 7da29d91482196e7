package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tailscale/hujson"
)

// member is one key of an object to be written.
type member struct {
	name  string
	value any // string, int, []string or object
}

type object []member

// jsonStyle is how the file at hand is laid out.
type jsonStyle struct {
	newline string // "" for a file in one line
	unit    string // one step of indentation
	space   string // behind a colon
}

func (d *jsonText) style() jsonStyle {
	s := jsonStyle{newline: "\n", unit: "  ", space: " "}
	if strings.Contains(d.text, "\r\n") {
		s.newline = "\r\n"
	}
	members := d.root.Value.(*hujson.Object).Members
	if len(members) == 0 {
		return s
	}
	before := string(members[0].Name.BeforeExtra)
	i := strings.LastIndexByte(before, '\n')
	if i < 0 {
		return jsonStyle{space: string(members[0].Value.BeforeExtra[:leadingBlank(string(members[0].Value.BeforeExtra))])}
	}
	if n := leadingBlank(before[i+1:]); n > 0 {
		s.unit = before[i+1:][:n]
	}
	return s
}

func (s jsonStyle) name(name string) string { return quoteJSON(name) + ":" + s.space }

// render writes a value whose first line is indented by indent.
func (s jsonStyle) render(value any, indent string) string {
	switch v := value.(type) {
	case object:
		inner, outer := s.space, ""
		if s.newline != "" {
			inner, outer = s.newline+indent+s.unit, s.newline+indent
		}
		var members []string
		for _, m := range v {
			members = append(members, s.name(m.name)+s.render(m.value, indent+s.unit))
		}
		if s.newline == "" {
			return "{" + strings.Join(members, ","+inner) + "}"
		}
		return "{" + inner + strings.Join(members, ","+inner) + outer + "}"
	case []string:
		var list []string
		for _, item := range v {
			list = append(list, quoteJSON(item))
		}
		return "[" + strings.Join(list, ","+s.space) + "]"
	case string:
		return quoteJSON(v)
	}
	return fmt.Sprint(value)
}

func quoteJSON(s string) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into memory: cannot fail
	return strings.TrimSuffix(out.String(), "\n")
}

// indentAt is the indentation of the line that holds offset.
func (d *jsonText) indentAt(offset int) string {
	line := d.text[strings.LastIndexByte(d.text[:offset], '\n')+1 : offset]
	return line[:leadingBlank(line)]
}

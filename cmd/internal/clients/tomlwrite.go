package clients

import (
	"fmt"
	"slices"
	"strings"
)

// appendTOML puts a whole entry behind everything else.
func appendTOML(text, name string, fields []field) string {
	nl := newlineOf(text)
	if text != "" {
		text = withNewline(text, nl) + nl
	}
	text += "[" + tomlSection + "." + tomlKey(name) + "]" + nl
	for _, f := range fields {
		switch value := f.value.(type) {
		case map[string]string:
			if len(value) > 0 { // the last field: a table ends the one before it
				text += nl + tomlEnv(name, value, nl)
			}
		case []string:
			if len(value) > 0 || !f.merges {
				text += f.key + " = " + tomlValue(value) + nl
			}
		default:
			text += f.key + " = " + tomlValue(value) + nl
		}
	}
	return text
}

func tomlEnv(name string, env map[string]string, nl string) string {
	text := "[" + tomlSection + "." + tomlKey(name) + ".env]" + nl
	for _, key := range sortedKeys(env) {
		text += tomlKey(key) + " = " + tomlValue(env[key]) + nl
	}
	return text
}

func tomlValue(value any) string {
	switch v := value.(type) {
	case string:
		return tomlString(v)
	case []string:
		var list []string
		for _, s := range v {
			list = append(list, tomlString(s))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case map[string]string:
		var list []string
		for _, key := range sortedKeys(v) {
			list = append(list, tomlKey(key)+" = "+tomlString(v[key]))
		}
		return "{ " + strings.Join(list, ", ") + " }"
	}
	return fmt.Sprint(value)
}

// tomlString prefers a literal string for Windows paths, as people write them.
func tomlString(s string) string {
	control := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	if strings.Contains(s, `\`) && !strings.Contains(s, "'") && !control {
		return "'" + s + "'"
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&out, `\u%04X`, r)
		default:
			out.WriteRune(r)
		}
	}
	return `"` + out.String() + `"`
}

func tomlKey(key string) string {
	if key != "" && strings.Trim(key, wordLetters) == "" {
		return key
	}
	return tomlString(key)
}

// mergedList adds what is missing to a list of strings.
func mergedList(have any, want []string) ([]string, error) {
	var list []string
	old, _ := have.([]any)
	for _, value := range old {
		s, ok := value.(string)
		if !ok {
			return nil, &textError{wrongShape, 0, "env_vars holds something other than strings"}
		}
		list = append(list, s)
	}
	for _, s := range want {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list, nil
}

func newlineOf(text string) string {
	if strings.Contains(text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// withNewline ends the last line.
func withNewline(text, nl string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + nl
}

package formats

import (
	"fmt"
	"strings"
)

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
			list = append(list, tomlKeys([]string{key})+" = "+tomlString(v[key]))
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
	return strings.ReplaceAll(quoteJSON(s), "\x7f", `\u007F`) // else JSON's quotes are TOML's
}

// bareKey are the letters of a key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// tomlKeys joins the parts of a key.
func tomlKeys(path []string) string {
	var out []string
	for _, key := range path {
		if key == "" || strings.Trim(key, bareKey) != "" {
			key = tomlString(key)
		}
		out = append(out, key)
	}
	return strings.Join(out, ".")
}

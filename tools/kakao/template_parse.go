package kakao

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxTemplate bounds the JSON of a template in bytes, as sending does.
	maxTemplate = maxFormValue
	// maxKey cuts the names of unknown fields in paths.
	maxKey = 40
	// notJSON is the tag of a field that templates of others cannot have.
	notJSON = "-"
)

// ParseTemplate reads a whole template object. It is stricter than Kakao, so
// that a mistake is named instead of silently dropped: names are compared
// exactly, and unknown or repeated fields, null, other types and anything
// after the object are refused. The result is valid. All errors are *FieldError.
func ParseTemplate(raw json.RawMessage) (Template, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) > maxTemplate:
		return nil, &FieldError{Rule: TooLong, Limit: maxTemplate}
	case !utf8.Valid(raw):
		return nil, &FieldError{Rule: InvalidUTF8}
	case !json.Valid(raw):
		return nil, &FieldError{Rule: Syntax}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return nil, &FieldError{Rule: WrongType}
	}
	objectType, ok := fields["object_type"]
	if !ok {
		return nil, &FieldError{Path: "object_type", Rule: Required}
	}
	var name string
	if objectType[0] != '"' || json.Unmarshal(objectType, &name) != nil {
		return nil, &FieldError{Path: "object_type", Rule: WrongType}
	}
	switch name {
	case "text":
		return parse[Text](raw)
	case "feed":
		return parse[Feed](raw)
	case "list":
		return parse[List](raw)
	case "location":
		return parse[Location](raw)
	case "commerce":
		return parse[Commerce](raw)
	case "calendar":
		return parse[Calendar](raw)
	default:
		return nil, &FieldError{Path: "object_type", Rule: BadValue}
	}
}

func parse[T Template](raw json.RawMessage) (Template, error) {
	var c check
	var t T
	c.object("", raw, reflect.ValueOf(&t).Elem())
	if c.first != nil {
		return nil, c.first
	}
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return t, nil
}

// object reads a JSON object, known to be well formed, into a struct by the
// names in its json tags.
func (c *check) object(path string, raw json.RawMessage, dst reflect.Value) {
	if raw[0] != '{' {
		c.fail(path, WrongType, 0)
		return
	}
	seen := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.Token() // the opening brace
	for dec.More() && c.first == nil {
		var value json.RawMessage
		token, err := dec.Token()
		key, ok := token.(string)
		if err != nil || !ok || dec.Decode(&value) != nil {
			c.fail(path, Syntax, 0)
			return
		}
		at := join(path, key)
		field, known := fieldNamed(dst, key)
		switch {
		case seen[key]:
			c.fail(at, Duplicate, 0)
		case path == "" && key == "object_type": // read already
		case !known:
			c.fail(at, Unknown, 0)
		default:
			c.value(at, value, field)
		}
		seen[key] = true
	}
	for f := range dst.Type().Fields() {
		if name, optional := tagOf(f); name != notJSON && !optional && !seen[name] {
			c.fail(join(path, name), Required, 0)
		}
	}
}

func fieldNamed(v reflect.Value, key string) (reflect.Value, bool) {
	for f, field := range v.Fields() {
		if name, _ := tagOf(f); name == key && name != notJSON {
			return field, true
		}
	}
	return reflect.Value{}, false
}

// tagOf returns a field's name in JSON and whether it may be left out.
func tagOf(f reflect.StructField) (name string, optional bool) {
	name, _, optional = strings.Cut(f.Tag.Get("json"), ",")
	return name, optional
}

// value reads one JSON value into a field of any type that templates have.
func (c *check) value(path string, raw json.RawMessage, dst reflect.Value) {
	switch dst.Kind() {
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		c.value(path, raw, dst.Elem())
	case reflect.Struct:
		c.object(path, raw, dst)
	case reflect.Slice:
		var entries []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &entries) != nil {
			c.fail(path, WrongType, 0)
			return
		}
		dst.Set(reflect.MakeSlice(dst.Type(), len(entries), len(entries)))
		for i, entry := range entries {
			c.value(index(path, i), entry, dst.Index(i))
		}
	case reflect.Int:
		n, err := strconv.Atoi(string(raw))
		if err != nil {
			c.fail(path, WrongType, 0)
			return
		}
		dst.SetInt(int64(n))
	default:
		var s string
		if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
			c.fail(path, WrongType, 0)
			return
		}
		if brokenEscape(raw, s) {
			c.fail(path, InvalidUTF8, 0)
			return
		}
		dst.SetString(s)
	}
}

// brokenEscape reports whether a replacement character in s is not in raw: it
// then stands for half of a surrogate pair, an emoji cut in two.
func brokenEscape(raw json.RawMessage, s string) bool {
	return strings.ContainsRune(s, utf8.RuneError) &&
		!bytes.ContainsRune(raw, utf8.RuneError) &&
		!bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`))
}

func join(path, key string) string {
	if utf8.RuneCountInString(key) > maxKey {
		key = string([]rune(key)[:maxKey])
	}
	key = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' {
			return r
		}
		return '?' // paths are printed: nothing of a stranger's making beyond a word
	}, key)
	if path == "" {
		return key
	}
	return path + "." + key
}

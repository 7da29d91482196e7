// Package wording chooses between the two languages of the product. Both texts
// stand where the condition stands; a test holds that they carry the same verbs.
// It imports the standard library only and may be imported by everybody.
package wording

import (
	"fmt"
	"strings"
)

// Lang is a language of the product.
type Lang string

const (
	Korean  Lang = "ko"
	English Lang = "en"
)

// Of returns the language that a tag such as "en", "en-US" or "" names: English
// for English tags, else Korean, since most users are Korean.
func Of(tag string) Lang {
	if strings.HasPrefix(strings.ToLower(tag), string(English)) {
		return English
	}
	return Korean
}

// Say returns the text of the two that is in l.
func (l Lang) Say(ko, en string) string {
	if l == English {
		return en
	}
	return ko
}

// Person is how texts call somebody by the name they gave themselves: with 님 in
// Korean, once. After it stands 에게, which fits every sound, or no particle.
func (l Lang) Person(name string) string {
	if l == English || strings.HasSuffix(name, "님") {
		return name
	}
	return name + "님"
}

// Sayf is Say with args put in as [fmt.Sprintf] does. Both texts carry the same
// verbs; where their order differs, one of them numbers them (%[2]s).
func (l Lang) Sayf(ko, en string, args ...any) string { return fmt.Sprintf(l.Say(ko, en), args...) }

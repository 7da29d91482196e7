package main

import "strings"

// sayer chooses between the two languages of the product.
type sayer func(ko, en string) string

func speaker(lang string) sayer {
	return func(ko, en string) string {
		if lang == "en" {
			return en
		}
		return ko
	}
}

// language is KAKAO_LANG, else the system's language, else Korean: most users
// are Korean, and clients often pass no language on at all.
func (s settings) language(sys surroundings) string {
	if l := strings.ToLower(s.get("KAKAO_LANG")); l == "ko" || l == "en" {
		return l
	}
	return systemLanguage(sys.environ)
}

func systemLanguage(environ []string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(environment(environ, name))
		if v == "" {
			continue
		}
		if strings.HasPrefix(v, "ko") || v == "c" || v == "posix" || strings.HasPrefix(v, "c.") {
			return "ko"
		}
		return "en"
	}
	return osLanguage()
}

// quickLang is the language for help texts, before flags are read. A settings
// file with a mistake is told about later.
func quickLang(sys surroundings) string {
	s, _ := loadSettings(sys, "")
	return s.language(sys)
}

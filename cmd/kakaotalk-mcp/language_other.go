//go:build !windows

package main

// osLanguage is the language when the environment names none: programs started
// from a desktop get no LANG, so nothing can be told.
func osLanguage() string { return "ko" }

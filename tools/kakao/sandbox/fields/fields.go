// Package fields reads JSON objects that Kakao was sent, as Kakao does: a field of
// another type than the documentation says is a fault, and the first fault is the answer.
package fields

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// Object returns a field that is an object, nil otherwise.
func Object(m map[string]any, name string) map[string]any {
	o, _ := m[name].(map[string]any)
	return o
}

// Text returns a field that is a string, "" otherwise.
func Text(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

// Number writes a field that is a number.
func Number(m map[string]any, name string) (string, bool) {
	if _, ok := m[name].(float64); !ok {
		return "", false
	}
	b, err := json.Marshal(m[name])
	return string(b), err == nil
}

// Checker collects the first fault of an object.
type Checker struct{ Fault string }

// FailIf takes msg as the fault if it is the first one.
func (c *Checker) FailIf(bad bool, msg string) {
	if bad && c.Fault == "" {
		c.Fault = msg
	}
}

// Text checks a string field; a required one must not be blank.
func (c *Checker) Text(m map[string]any, name string, required bool) {
	v, present := m[name]
	s, isText := v.(string)
	c.FailIf(present && !isText, name+" must be a string.")
	c.FailIf(required && strings.TrimSpace(s) == "", name+" is required.")
}

// Number checks an integer field from 0 to high.
func (c *Checker) Number(m map[string]any, name string, required bool, high float64) {
	v, present := m[name]
	n, isNumber := v.(float64)
	c.FailIf(required && !present, name+" is required.")
	c.FailIf(present && (!isNumber || n != math.Trunc(n) || n < 0 || n > high), name+" is not an integer in range.")
}

// Flag checks a field that is true or false, and returns it.
func (c *Checker) Flag(m map[string]any, name string) bool {
	v, present := m[name]
	on, isBool := v.(bool)
	c.FailIf(present && !isBool, name+" must be true or false.")
	return on
}

// Known refuses fields that are none of these.
func (c *Checker) Known(m map[string]any, names ...string) {
	for name := range m {
		c.FailIf(!slices.Contains(names, name), name+" is unknown.")
	}
}

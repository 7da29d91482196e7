package main

import (
	"encoding/json"
	"io"

	"github.com/spf13/cobra"
)

// writeJSON prints v for programs, without HTML escapes.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func jsonFlag(c *cobra.Command, to *bool, say sayer) {
	c.Flags().BoolVar(to, "json", false, say("프로그램이 읽을 수 있게 JSON으로 출력", "print JSON for programs"))
}

//go:build race

package e2etest

// raceFlags build the program like a test binary that was built with -race.
var raceFlags = []string{"-race"}

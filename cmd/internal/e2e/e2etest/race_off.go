//go:build !race

package e2etest

// raceFlags build the program like a test binary that was built without -race.
var raceFlags []string

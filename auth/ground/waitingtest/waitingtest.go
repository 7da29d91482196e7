// Package waitingtest lets tests that wait do so side by side. It is for the TestMain
// of packages whose tests wait for other processes or for time rather than compute, may
// be imported by those of every package, and imports nothing of this module.
package waitingtest

import (
	"flag"
	"runtime"
	"strconv"
)

// SideBySide lets three times as many tests run at once as there are processors, unless
// -parallel says how many. It is called before the tests are run.
func SideBySide() {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.NumCPU())); err != nil {
			panic(err) // called before testing.Init
		}
	}
}

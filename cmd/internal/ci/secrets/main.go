// Command secrets looks for secrets in what the tests of this project printed, left
// behind, wrote and started. It gets the output of go test, the folder that was
// TMPDIR, and what strace saw:
//
//	secrets [-part] [-harnesses NAMES] -output FILE -left FOLDER -trace FILE
//
// Secrets are the sandbox's tokens, codes, keys and uuids by their marks, and the
// texts of messages as the trace shows them on their way to Kakao or to the tools.
// Exit code 1: something was found, or there was not enough to look through: no
// text, program or output. With -part, for a few packages, writes are enough.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"kakaotalk-mcp/tools/kakao/sandbox/leaktest"
)

func main() {
	output := flag.String("output", "", "what go test printed")
	left := flag.String("left", "", "folder of files that were left behind")
	traced := flag.String("trace", "", "what strace -f -Y -y -v saw")
	part := flag.Bool("part", false, "a few packages only, which may send and start nothing")
	driving := flag.String("harnesses", "", "packages whose tests run the program as a person or client would")
	flag.Parse()
	found, err := search(*output, *left, *traced, strings.Fields(*driving), *part)
	for _, what := range found {
		fmt.Fprintln(os.Stderr, what)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || len(found) > 0 {
		os.Exit(1)
	}
}

// search looks through everything and says on stdout how much that was.
func search(output, left, traced string, h harnesses, part bool) (found []string, err error) {
	file, err := os.Open(traced)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	trace, err := leaktest.ReadTrace(file)
	if err != nil {
		return nil, err
	}
	s := newScanners(messages(trace, h), h)
	found, programs, writes := s.trace(trace)
	if writes == 0 || !part && (s.texts == 0 || programs == 0) {
		return nil, fmt.Errorf("%s has %d texts, %d programs started and %d places written to: it proves nothing", traced, s.texts, programs, writes)
	}
	printed, err := os.ReadFile(output)
	if err != nil {
		return nil, err
	}
	if len(printed) == 0 {
		return nil, fmt.Errorf("%s is empty", output)
	}
	if _, err := os.Stat(left); err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(printed)) {
		n++
		for _, what := range s.told.Find([]byte(line)) {
			found = append(found, fmt.Sprintf("the output of the tests has %s: %.300s", what, line))
		}
	}
	// Go's own folders hold the program, which knows the marks.
	in, files, err := s.private.Files(left, func(name string) bool { return strings.HasPrefix(name, "go-build") })
	for _, what := range in {
		found = append(found, "left behind: "+what)
	}
	fmt.Fprintf(os.Stdout, "looked for the marks and %d texts in %d lines printed, %d files left behind, %d programs started and %d places written to\n",
		s.texts, n, files, programs, writes)
	return found, err
}

//go:build linux

package sdks

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// driver makes the command line of a driver, a few lines of testdata around one
// library; what the library needs is installed by exact version.
type driver func(t *testing.T) (argv, env []string)

// goModule is a driver that is a module of its own.
func goModule(dir string) driver {
	return func(t *testing.T) (argv, env []string) {
		program := filepath.Join(t.TempDir(), e2etest.ExeName("driver"))
		if out, err := exec.Command("go", "build", "-C", filepath.Join("testdata", dir), "-o", program, ".").CombinedOutput(); err != nil {
			e2etest.Missing(t, dir+": "+string(out))
		}
		return []string{program}, nil
	}
}

func node(script string) driver {
	return func(t *testing.T) (argv, env []string) {
		dir, node := e2etest.NodePackages(t, filepath.Join("testdata", "node"))
		return []string{node, filepath.Join(dir, script)}, nil
	}
}

func python(script string, packages ...string) driver {
	return func(t *testing.T) (argv, env []string) {
		install := append([]string{"python3", "-m", "pip", "install", "-q", "--disable-pip-version-check"}, packages...)
		name := strings.NewReplacer("==", "-", "[mcp]", "").Replace(strings.Join(packages, "-"))
		dir := e2etest.Cached(t, "sdk-"+name, append(install, "--target")...)
		return []string{"python3", absolute(t, "python", script)}, []string{"PYTHONPATH=" + dir, "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1"}
	}
}

// maven is one at a time: its repository on the computer bears no more.
var maven sync.Mutex

func java(class, group, name, version string) driver {
	return func(t *testing.T) (argv, env []string) {
		for _, tool := range []string{"mvn", "javac", "java"} {
			if _, err := exec.LookPath(tool); err != nil {
				e2etest.Missing(t, tool)
			}
		}
		maven.Lock()
		dir := e2etest.Cached(t, "sdk-"+name+"-"+version, "sh", "-c", `exec mvn -q -B -f "$1" "$2" "-Dgroup=$3" "-Dname=$4" "-Dlibrary=$5" "-DoutputDirectory=$6"`, "sh",
			absolute(t, "java", "pom.xml"), "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies", group, name, version)
		maven.Unlock()
		sources := []string{absolute(t, "java", "Lines.java"), absolute(t, "java", class+".java")}
		made := sha256.New()
		for _, path := range sources {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			made.Write(source)
		}
		classes := e2etest.Cached(t, fmt.Sprintf("sdk-%s-%s-%.6x", class, version, made.Sum(nil)), append(append([]string{"javac", "-nowarn", "-cp", filepath.Join(dir, "*")}, sources...), "-d")...)
		return []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes + string(filepath.ListSeparator) + filepath.Join(dir, "*"), class}, []string{"LC_ALL=C.UTF-8"} // LangChain4j writes what the locale says
	}
}

func absolute(t *testing.T, words ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{"testdata"}, words...)...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

//go:build linux

package clients

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/cmd/internal/e2e/modeltest"
)

// TestClientSendsAChartItMade: a scripted agent in a real client makes a picture with
// the client's own shell and sends it to a friend, twice; the person agrees in the
// browser once, and it is uploaded and arrives once.
func TestClientSendsAChartItMade(t *testing.T) {
	t.Parallel()
	d := drivers[slices.IndexFunc(drivers, func(d *driver) bool { return d.id == "gemini" })]
	s, program := sit(t, d), installed(t)
	s.LogIn("--friends")
	s.register(program)
	img := image.NewGray(image.Rect(0, 0, 400, 300))
	for x := range 400 {
		img.SetGray(x, x*3/4, color.Gray{255})
	}
	var chart bytes.Buffer
	if err := png.Encode(&chart, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.User, "chart.png")
	draw := e2etest.JSON(t, map[string]any{"command": "echo " + base64.StdEncoding.EncodeToString(chart.Bytes()) + " | base64 -d > " + path, "description": "draw"})
	send := e2etest.JSON(t, map[string]any{"to": []string{"홍길동"}, "message": "매출이에요", "image": path})
	model := modeltest.Start(t, modeltest.Turn{Tool: "run_shell_command", Arguments: draw}, modeltest.Turn{Tool: e2etest.ToolSend, Arguments: send},
		modeltest.Turn{Tool: e2etest.ToolSend, Arguments: send}, modeltest.Turn{Say: "보냈어요"})
	said := s.ask(model)
	results := model.Results()
	if len(results) != 3 || !strings.Contains(results[1].Text, "홍길동님에게 보냈어요") || strings.Count(results[1].Text, "한동안 남아요") != 1 || !strings.Contains(results[2].Text, "이미") {
		t.Fatalf("results %v, tools %q\n%s", results, model.Tools(), said)
	}
	kept := s.Kakao.Pictures()
	if len(kept) != 1 || !bytes.Equal(kept[0].Data, chart.Bytes()) || len(s.Kakao.Deliveries()) != 1 {
		t.Errorf("%d pictures, %d messages", len(kept), len(s.Kakao.Deliveries()))
	}
}

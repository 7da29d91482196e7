package reminders

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kakaotalk-mcp/cmd/internal/chat/clovatest"
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
	"kakaotalk-mcp/tools/kakao/sandbox"
)

const createPath = "/v2/api/calendar/create/event"

// soon is the next full hour but one, as a model writes it.
func soon() time.Time { return time.Now().Truncate(time.Hour).Add(2 * time.Hour) }

// planner is a computer whose owner wants reminders and is logged in.
func planner(t *testing.T) *e2etest.Computer {
	t.Helper()
	c := e2etest.NewComputer(t)
	c.Set("KAKAO_CALENDAR", "on")
	c.Set("KAKAO_LANG", "ko")
	c.LogIn()
	return c
}

func weekly(at time.Time) string {
	return fmt.Sprintf(`{"title":"주간 보고","at":%q,"minutes_before":10,"repeat":"weekly"}`, at.Format(time.RFC3339))
}

// TestAgentMakesAWeeklyReminder: a scripted agent puts it into the practice calendar,
// and when the clock is turned it arrives in the chat rooms, every week.
func TestAgentMakesAWeeklyReminder(t *testing.T) {
	t.Parallel()
	at := soon()
	var arrived []string
	k := e2etest.StartModel(t, func(m *e2etest.Model, r clovatest.Request) clovatest.Reply {
		result := e2etest.ToolJSON(r.Last())
		switch {
		case result["status"] == "created":
			arrived = turn(t, fmt.Sprint(result["chat_rooms"]), at, 15)
			return clovatest.Reply{Text: "넣었어요."}
		case result != nil:
			return clovatest.Reply{Text: "넣지 못했어요."}
		}
		return e2etest.ChatCall("remind_me", weekly(at))
	})
	out, errs, code := e2etest.Run(t, k.Env(t, "KAKAO_CALENDAR=on"), "", "chat", "--sandbox", "매주 이 시간에 주간 보고 알려 줘")
	k.Lock()
	defer k.Unlock()
	want := []string{}
	for week := range 3 {
		want = append(want, "주간 보고 "+at.AddDate(0, 0, 7*week).Add(-10*time.Minute).UTC().Format(time.RFC3339))
	}
	if out != "넣었어요.\n" || code != 0 || !slices.Equal(arrived, want) {
		t.Errorf("exit %d, stdout %q, arrived %q, want %q\n%s", code, out, arrived, want, errs)
	}
}

// turn turns the clock of a sandbox by days and returns what its calendar's room shows.
func turn(t *testing.T, rooms string, at time.Time, days int) (arrived []string) {
	base, _, _ := strings.Cut(rooms, "/rooms")
	advance := fmt.Sprintf(`{"advance":"%ds"}`, int(time.Until(at.AddDate(0, 0, days)).Seconds()))
	resp, err := http.Post(base+"/_sandbox/clock", "application/json", strings.NewReader(advance))
	if err != nil {
		t.Error(err)
		return nil
	}
	resp.Body.Close()
	if resp, err = http.Get(base + "/rooms/data"); err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	var view struct {
		Rooms []struct {
			Calendar bool
			Bubbles  []struct {
				Title string
				At    time.Time
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&view); err != nil {
		t.Error(err)
	}
	for _, room := range view.Rooms {
		for _, b := range room.Bubbles {
			if room.Calendar {
				arrived = append(arrived, b.Title+" "+b.At.UTC().Format(time.RFC3339))
			}
		}
	}
	return arrived
}

// TestKilledInTheMiddle: the server is killed while Kakao has the request; the same
// request to the next one finds the event and makes no second.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	c := planner(t)
	at := soon()
	first := c.Servers(1)[0]
	if r := first.CallTool("remind_me", `{"title":"동의","at":"`+at.Format(time.RFC3339)+`"}`); r.IsError { // the consent
		t.Fatal(r.Text())
	}
	c.Kakao.SetFaults(sandbox.Faults{FailPath: createPath, FailStatus: 500, FailAfter: true, Latency: 300 * time.Millisecond})
	first.Request("tools/call", map[string]any{"name": "remind_me", "arguments": json.RawMessage(weekly(at))})
	e2etest.WaitUntil(t, "the event in the calendar", func() bool { return len(c.Kakao.CalendarEvents()) == 2 })
	first.Kill()
	c.Kakao.SetFaults(sandbox.Faults{})

	second := c.Servers(1)[0]
	for range 2 {
		r := second.CallTool("remind_me", weekly(at))
		if r.IsError || r.Structured["status"] != "already_created" || !strings.Contains(r.Text(), fmt.Sprint(r.Structured["event_id"])) {
			t.Errorf("after the kill: %s", r.Text())
		}
	}
	c.Kakao.Advance(15 * 24 * time.Hour)
	rung := map[string]int{}
	for _, r := range c.Kakao.Reminders() {
		rung[r.Title]++
	}
	if rung["주간 보고"] != 3 || rung["동의"] != 1 || len(c.Kakao.CalendarEvents()) != 2 {
		t.Errorf("rung %v, %d events", rung, len(c.Kakao.CalendarEvents()))
	}
}

// TestToolList: the fourth tool is there with the setting only, nothing else of the list
// depends on it being off or absent, and no list is longer than what models take in.
func TestToolList(t *testing.T) {
	t.Parallel()
	c := e2etest.NewComputer(t)
	lists := map[string]string{}
	for _, value := range []string{"", "off", "on"} {
		c.Unset("KAKAO_CALENDAR")
		if value != "" {
			c.Set("KAKAO_CALENDAR", value)
		}
		s := c.Servers(1)[0]
		for era, params := range map[string]map[string]any{"old": {}, "new": e2etest.Modern(nil, map[string]any{})} {
			list := string(s.Ask("tools/list", params))
			lists[value+" "+era] = list
			t.Logf("KAKAO_CALENDAR=%s, %s era: %d bytes", value, era, len(list))
			if len(list) >= 6000 || strings.Contains(list, `"remind_me"`) != (value == "on") {
				t.Errorf("KAKAO_CALENDAR=%s, %s era: %d bytes\n%s", value, era, len(list), list)
			}
		}
	}
	if lists[" old"] != lists["off old"] || lists[" new"] != lists["off new"] {
		t.Error("off is not the same as absent")
	}
	if pages := c.Opened(); len(pages) != 0 {
		t.Errorf("listing opened %q", pages)
	}
}

// TestCommands: the list, its JSON, deleting, and what uninstall says of it.
func TestCommands(t *testing.T) {
	t.Parallel()
	c := planner(t)
	c.Expect(e2etest.ExitOK, "이 프로그램으로 넣은 알림이 없어요", "reminders")
	if out := c.Expect(e2etest.ExitOK, "", "reminders", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("no reminders: %s", out)
	}
	if n := len(c.Opened()); n != 1 { // the login; no consent is asked for to see an empty list
		t.Errorf("%d pages were opened", n)
	}
	s := c.Servers(1)[0]
	at := soon()
	made := s.CallTool("remind_me", weekly(at))
	id := fmt.Sprint(made.Structured["event_id"])
	if made.IsError || made.Structured["status"] != "created" {
		t.Fatal(made.Text())
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(c.Expect(e2etest.ExitOK, "", "reminders", "--json")), &list); err != nil || len(list) != 1 ||
		list[0]["event_id"] != id || list[0]["title"] != "주간 보고" || list[0]["repeats"] != true {
		t.Errorf("%v, %v", list, err)
	}
	if out := c.Expect(e2etest.ExitOK, "", "reminders"); !strings.Contains(out, "주간 보고 (반복)\t"+id) {
		t.Errorf("the list: %s", out)
	}
	if out := c.Expect(e2etest.ExitOK, "", "uninstall", "--all", "--print"); !strings.Contains(out, "톡캘린더에 넣은 알림(1개)") {
		t.Errorf("uninstall: %s", out)
	}
	c.Expect(e2etest.ExitError, "이 프로그램으로 만든 알림이 아니에요", "reminders", "--delete", "x")
	c.Expect(e2etest.ExitOK, "알림을 지웠어요", "reminders", "--delete", id)
	c.Expect(e2etest.ExitError, "이 프로그램으로 만든 알림이 아니에요", "reminders", "--delete", id)
	if n := len(c.Kakao.CalendarEvents()); n != 0 {
		t.Errorf("%d events are left", n)
	}
	c.Expect(e2etest.ExitUsage, "터미널에서", "doctor", "--try-reminder")
	c.Expect(e2etest.ExitUsage, "--calendar", "setup", "--calendar", "maybe")
}

// TestTryReminder: the person hears it, says so, and is told so from then on.
func TestTryReminder(t *testing.T) {
	t.Parallel()
	c := planner(t)
	x := c.Open("doctor", "--try-reminder")
	x.Expect("테스트 알림을 넣었어요", "알림이 어떻게 왔나요?", "번호")
	if events := c.Kakao.CalendarEvents(); len(events) != 1 {
		t.Errorf("%d events", len(events))
	}
	x.Press("3", e2etest.Enter) // not yet
	x.Expect("더 기다려 주세요", "알림이 어떻게 왔나요?", "번호")
	x.Press("1", e2etest.Enter)
	x.Expect("답을 저장했어요")
	x.Exit(0)
	if events := c.Kakao.CalendarEvents(); len(events) != 0 {
		t.Errorf("%d events are left", len(events))
	}
	s := c.Servers(1)[0]
	if r := s.CallTool("remind_me", weekly(soon())); !strings.Contains(r.Text(), "소리나 진동이 있었어요") {
		t.Error(r.Text())
	}
	if r := s.CallTool(e2etest.ToolToMe, `{"message":"안녕"}`); !strings.Contains(r.Text(), "remind_me") {
		t.Error(r.Text())
	}
	c.Set("KAKAO_CALENDAR", "off")
	c.Expect(e2etest.ExitError, "setup --calendar on", "doctor", "--try-reminder")
	if r := c.Servers(1)[0].CallTool(e2etest.ToolToMe, `{"message":"잘 가"}`); strings.Contains(r.Text(), "remind_me") {
		t.Error(r.Text())
	}
}

// TestDoctorKnowsTheItem: with the setting, the consent item is among those looked for.
func TestDoctorKnowsTheItem(t *testing.T) {
	t.Parallel()
	c := planner(t)
	c.Kakao.UpdateApp(func(a *sandbox.App) { delete(a.Items, "talk_calendar") })
	out, _, _ := c.Run("doctor")
	if !strings.Contains(out, "[톡캘린더 및 일정 생성, 조회, 편집/삭제]") {
		t.Errorf("doctor: %s", out)
	}
	c.Set("KAKAO_CALENDAR", "off")
	if out, _, _ = c.Run("doctor"); strings.Contains(out, "톡캘린더") {
		t.Errorf("without the setting: %s", out)
	}
}

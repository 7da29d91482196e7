package wording

import "testing"

func TestLanguages(t *testing.T) {
	for tag, want := range map[string]Lang{"": Korean, "ko": Korean, "ko-KR": Korean, "ja": Korean, "en": English, "en-US": English, "EN": English} {
		if got := Of(tag); got != want {
			t.Errorf("Of(%q) = %q, want %q", tag, got, want)
		}
	}
	if got := Korean.Sayf("%s에게", "to %s", "홍길동"); got != "홍길동에게" {
		t.Error(got)
	}
	if got := English.Sayf("%s에게", "to %s", "홍길동"); got != "to 홍길동" {
		t.Error(got)
	}
}

package config

import "testing"

func TestAddressesHavePortsThatExist(t *testing.T) {
	for _, name := range []string{"KAKAO_BASE_URL", "KAKAO_PAGE_URL", "KAKAO_CALLBACK_URL", "KAKAO_AUTH_URL", "KAKAO_API_URL"} {
		scheme := "https"
		if name == "KAKAO_CALLBACK_URL" {
			scheme = "http"
		}
		for port, good := range map[string]bool{"17654": true, "65535": true, "0": false, "65536": false, "99999": false} {
			if _, err := load(t.TempDir(), name+"="+scheme+"://127.0.0.1:"+port); (err == nil) != good {
				t.Errorf("%s, port %s: %v", name, port, err)
			}
		}
	}
}

package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func (s *Sandbox) userMe(c *call) *answer {
	p, l, agreed := s.people[c.person], s.links[c.person], s.agreed(c.person)
	if keys := c.params.Get("property_keys"); keys != "" {
		if _, ok := stringList(keys); !ok {
			return badParameter("failed to parse parameter. name=property_keys")
		}
	}
	account, profile := map[string]any{}, map[string]any{}
	body := map[string]any{"id": p.ID, "connected_at": l.since.UTC().Format(time.RFC3339), "kakao_account": account}
	if s.app.configured("profile_nickname") {
		ok := slices.Contains(agreed, "profile_nickname")
		account["profile_nickname_needs_agreement"] = !ok
		if ok {
			profile["nickname"], profile["is_default_nickname"] = p.Nickname, false
			body["properties"] = map[string]any{"nickname": p.Nickname}
		}
	}
	if s.app.configured("profile_image") {
		ok := slices.Contains(agreed, "profile_image")
		account["profile_image_needs_agreement"] = !ok
		if ok {
			profile["thumbnail_image_url"], profile["profile_image_url"] = p.Thumbnail, p.Thumbnail
			profile["is_default_image"] = p.Thumbnail == ""
		}
	}
	if len(profile) > 0 {
		account["profile"] = profile
	}
	if slices.Contains(agreed, "talk_message") {
		body["for_partner"] = map[string]any{"uuid": s.uuid(p.ID)}
	}
	return success(body)
}

func (s *Sandbox) userInfo(c *call) *answer {
	body := map[string]any{"sub": strconv.FormatInt(c.person, 10)}
	maps.Copy(body, s.profileClaims(c.person))
	return success(body)
}

func (s *Sandbox) accessTokenInfo(c *call) *answer {
	left := int(s.access[c.token].until.Sub(s.now()).Seconds())
	return success(map[string]any{"id": c.person, "expires_in": left, "app_id": s.app.ID})
}

func (s *Sandbox) userScopes(c *call) *answer {
	only, bad := s.scopeList(c, false)
	if bad != nil {
		return bad
	}
	return s.scopesAnswer(c.person, only)
}

// scopeList reads the parameter scopes and refuses unknown consent items.
func (s *Sandbox) scopeList(c *call, required bool) ([]string, *answer) {
	text := c.params.Get("scopes")
	if text == "" && !required {
		return nil, nil
	}
	list, ok := stringList(text)
	if !ok || len(list) == 0 {
		return nil, badParameter("failed to parse parameter. name=scopes")
	}
	for _, id := range list {
		if !s.app.configured(id) {
			return nil, badParameter("unknown scope id: " + id)
		}
	}
	return list, nil
}

func (s *Sandbox) scopesAnswer(person int64, only []string) *answer {
	agreed := s.agreed(person)
	list := []map[string]any{}
	for _, it := range items {
		if !s.app.configured(it.id) || only != nil && !slices.Contains(only, it.id) {
			continue
		}
		ok := slices.Contains(agreed, it.id)
		entry := map[string]any{"id": it.id, "display_name": it.name, "type": it.kind, "using": true, "agreed": ok}
		if ok {
			entry["revocable"] = s.app.Items[it.id] != StageRequired
		}
		list = append(list, entry)
	}
	return success(map[string]any{"id": person, "scopes": list})
}

func (s *Sandbox) revokeScopes(c *call) *answer {
	list, bad := s.scopeList(c, true)
	if bad != nil {
		return bad
	}
	for _, id := range list {
		if s.app.Items[id] == StageRequired {
			return apiError(http.StatusForbidden, -3,
				"["+id+"] is not revocable. check out if it's set as required on developers.kakao.com")
		}
	}
	for _, id := range list {
		delete(s.links[c.person].agreed, id)
	}
	s.worldChanged()
	return s.scopesAnswer(c.person, list)
}

// logout ends the calling token and the refresh token it came with.
func (s *Sandbox) logout(c *call) *answer {
	g := s.access[c.token].grant
	maps.DeleteFunc(s.access, func(_ string, t *accessToken) bool { return t.grant == g })
	maps.DeleteFunc(s.grants, func(_ string, other *grant) bool { return other == g })
	return success(map[string]any{"id": c.person})
}

// unlink ends the connection, its consents and all tokens.
func (s *Sandbox) unlink(c *call) *answer {
	maps.DeleteFunc(s.access, func(_ string, t *accessToken) bool { return t.person == c.person })
	s.endGrants(c.person)
	delete(s.links, c.person)
	s.worldChanged()
	return success(map[string]any{"id": c.person})
}

func notTalkUser() *answer {
	return apiError(http.StatusBadRequest, -501, noTalkText)
}

func (s *Sandbox) talkProfile(c *call) *answer {
	p := s.people[c.person]
	if !p.TalkUser {
		return notTalkUser()
	}
	return success(map[string]any{
		"nickName": p.Nickname, "profileImageURL": p.Thumbnail, "thumbnailURL": p.Thumbnail, "countryISO": "KR",
	})
}

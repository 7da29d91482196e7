package kakao

import (
	"cmp"
	"context"
	"time"
)

// User is the owner of a token.
type User struct {
	ID       int64
	Nickname string // "" without consent to profile_nickname
	UUID     string // the user's own uuid; "" without message permission and consent
}

// Scope is a consent item of the app and its state for the user.
type Scope struct {
	ID          string // for example talk_message
	DisplayName string // the name Kakao shows on the consent page
	Type        string // PRIVACY or SERVICE
	Using       bool   // the app uses it at present
	Agreed      bool
	Revocable   bool
}

// TokenInfo describes an access token.
type TokenInfo struct {
	UserID    int64
	AppID     int64
	ExpiresIn time.Duration // time left, in whole seconds
}

// Me returns the token's user. Kakao docs: Kakao Login > Retrieve user information.
func (c *Client) Me(ctx context.Context, token string) (User, error) {
	const op = "reading user"
	var answer struct {
		ID         int64 `json:"id"`
		Properties tolerant[struct {
			Nickname tolerant[string] `json:"nickname"`
		}] `json:"properties"`
		Account tolerant[struct {
			Profile tolerant[struct {
				Nickname tolerant[string] `json:"nickname"`
			}] `json:"profile"`
		}] `json:"kakao_account"`
		ForPartner tolerant[struct {
			UUID tolerant[string] `json:"uuid"`
		}] `json:"for_partner"`
	}
	if err := c.get(ctx, op, token, "/v2/user/me?secure_resource=true", &answer); err != nil {
		return User{}, err
	}
	if answer.ID == 0 {
		return User{}, &requestError{op: op, sent: true, err: errUnreadable}
	}
	return User{
		ID:       answer.ID,
		Nickname: cmp.Or(answer.Account.V.Profile.V.Nickname.V, answer.Properties.V.Nickname.V),
		UUID:     answer.ForPartner.V.UUID.V,
	}, nil
}

// Scopes returns the app's consent items. Kakao docs: Kakao Login > Retrieve consent details.
func (c *Client) Scopes(ctx context.Context, token string) ([]Scope, error) {
	var answer struct {
		Scopes []struct {
			ID          string `json:"id"`
			DisplayName string `json:"display_name"`
			Type        string `json:"type"`
			Using       bool   `json:"using"`
			Agreed      bool   `json:"agreed"`
			Revocable   bool   `json:"revocable"`
		} `json:"scopes"`
	}
	if err := c.get(ctx, "reading consent items", token, "/v2/user/scopes", &answer); err != nil {
		return nil, err
	}
	scopes := make([]Scope, 0, len(answer.Scopes))
	for _, s := range answer.Scopes {
		scopes = append(scopes, Scope(s))
	}
	return scopes, nil
}

// TokenInfo asks Kakao about token. Code -401 means expired or revoked; -1 is
// a passing fault and says nothing about the token. Kakao docs: Kakao Login >
// Retrieve token information.
func (c *Client) TokenInfo(ctx context.Context, token string) (TokenInfo, error) {
	const op = "reading token information"
	var answer struct {
		ID        int64 `json:"id"`
		AppID     int64 `json:"app_id"`
		ExpiresIn int64 `json:"expires_in"`
	}
	if err := c.get(ctx, op, token, "/v1/user/access_token_info", &answer); err != nil {
		return TokenInfo{}, err
	}
	if answer.ID == 0 {
		return TokenInfo{}, &requestError{op: op, sent: true, err: errUnreadable}
	}
	const most = 1 << 32 // seconds; beyond the time that a Duration holds lie only wrong answers
	return TokenInfo{
		UserID:    answer.ID,
		AppID:     answer.AppID,
		ExpiresIn: time.Duration(min(max(answer.ExpiresIn, 0), most)) * time.Second,
	}, nil
}

// Logout ends the access token and its refresh token at Kakao.
func (c *Client) Logout(ctx context.Context, token string) error {
	return c.post(ctx, "logging out", token, "/v1/user/logout", nil, &struct{}{})
}

// Unlink cuts the user's connection to the app: consents and all tokens end.
func (c *Client) Unlink(ctx context.Context, token string) error {
	return c.post(ctx, "unlinking", token, "/v1/user/unlink", nil, &struct{}{})
}

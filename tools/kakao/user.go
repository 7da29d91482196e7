package kakao

import "context"

// Scope is a consent item of the app and its state for the user.
type Scope struct {
	ID     string `json:"id"`    // for example talk_message
	Using  bool   `json:"using"` // the app uses it at present
	Agreed bool   `json:"agreed"`
}

// OwnUUID returns what the app calls the token's user; "" without message permission
// and consent. Kakao docs: Kakao Login > Retrieve user information.
func (c *Client) OwnUUID(ctx context.Context, token string) (string, error) {
	const op = "reading user"
	var answer struct {
		ID         int64 `json:"id"`
		ForPartner tolerant[struct {
			UUID tolerant[string] `json:"uuid"`
		}] `json:"for_partner"`
	}
	if err := c.get(ctx, op, token, "/v2/user/me?secure_resource=true", &answer); err != nil {
		return "", err
	}
	if answer.ID == 0 {
		return "", &requestError{op: op, sent: true, err: errUnreadable}
	}
	return answer.ForPartner.V.UUID.V, nil
}

// Scopes returns the app's consent items. Kakao docs: Kakao Login > Retrieve consent details.
func (c *Client) Scopes(ctx context.Context, token string) ([]Scope, error) {
	var answer struct {
		Scopes []Scope `json:"scopes"`
	}
	err := c.get(ctx, "reading consent items", token, "/v2/user/scopes", &answer)
	return answer.Scopes, err
}

// CheckToken asks Kakao whether token holds. Code -401 means expired or revoked; -1 is
// a passing fault and says nothing about the token. Kakao docs: Kakao Login >
// Retrieve token information.
func (c *Client) CheckToken(ctx context.Context, token string) error {
	const op = "checking a token"
	var answer struct {
		ID int64 `json:"id"`
	}
	if err := c.get(ctx, op, token, "/v1/user/access_token_info", &answer); err != nil {
		return err
	}
	if answer.ID == 0 {
		return &requestError{op: op, sent: true, err: errUnreadable}
	}
	return nil
}

// Logout ends the access token and its refresh token at Kakao.
func (c *Client) Logout(ctx context.Context, token string) error {
	return c.post(ctx, "logging out", token, "/v1/user/logout", nil, &struct{}{})
}

// Unlink cuts the user's connection to the app: consents and all tokens end.
func (c *Client) Unlink(ctx context.Context, token string) error {
	return c.post(ctx, "unlinking", token, "/v1/user/unlink", nil, &struct{}{})
}

package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var (
	// errCut: the connection broke before the answer was complete.
	errCut = errors.New("the answer was cut off")
	// errNoAnswer: something came that is no chat completion.
	errNoAnswer = errors.New("the answer is not a chat completion")
)

// codeTooLong is CLOVA Studio's code for more input than the model takes; the
// OpenAI word stands beside it.
const codeTooLong, codeTooLongOpenAI = "40003", "context_length_exceeded"

// modelError is a refusal by the model server. It holds no text of the server's:
// such texts can repeat the key or the conversation.
type modelError struct {
	status     int
	code       string        // of the body, "" if it has none
	retryAfter time.Duration // -1 if the server did not say
}

func (e *modelError) Error() string {
	if e.code == "" {
		return fmt.Sprintf("the model server answered HTTP %d", e.status)
	}
	return fmt.Sprintf("the model server answered HTTP %d, code %s", e.status, e.code)
}

func (e *modelError) tooLong() bool { return e.code == codeTooLong || e.code == codeTooLongOpenAI }

func (e *modelError) limited() bool {
	return e.status == http.StatusTooManyRequests || strings.HasPrefix(e.code, "429")
}

// unauthorised also knows CLOVA Studio's 401 family in a body with status 200.
func (e *modelError) unauthorised() bool {
	return e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || strings.HasPrefix(e.code, "401")
}

func (e *modelError) passing() bool {
	return e.status >= 500 || len(e.code) == 5 && e.code[0] == '5'
}

// refused reads what an answer with an error status says.
func refused(resp *http.Response, body []byte) *modelError {
	e := &modelError{status: resp.StatusCode, code: errorCode(body), retryAfter: -1}
	if after := resp.Header.Get("Retry-After"); after != "" {
		if n, err := strconv.Atoi(after); err == nil && n >= 0 {
			e.retryAfter = time.Duration(min(n, 24*60*60)) * time.Second
		} else if at, err := http.ParseTime(after); err == nil {
			e.retryAfter = max(0, time.Until(at))
		}
	}
	return e
}

// codeOK is the status code of a success, in bodies that have one.
const codeOK = "20000"

// errorBody has the shapes of an error: CLOVA Studio's own and OpenAI's, whose
// error may also be a mere string.
type errorBody struct {
	Status struct {
		Code any `json:"code"`
	} `json:"status"`
	Error json.RawMessage `json:"error"`
}

// failed reports whether a body with status 200 tells of an error.
func failed(body []byte) bool {
	var b errorBody
	if json.Unmarshal(body, &b) != nil {
		return false // a status that is no object is something else's
	}
	return b.Status.Code != nil && fmt.Sprint(b.Status.Code) != codeOK || len(b.Error) > 0 && string(b.Error) != "null"
}

// isCode reports whether text is a bare code, not a sentence. (No regular
// expression: compiling one would cost every command start-up time.)
func isCode(text string) bool {
	return text != "" && len(text) <= 40 && strings.Trim(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

func errorCode(body []byte) string {
	var b errorBody
	var inner struct {
		Code any    `json:"code"`
		Type string `json:"type"`
	}
	_ = json.Unmarshal(body, &b) // no JSON: no code
	_ = json.Unmarshal(b.Error, &inner)
	for _, code := range []any{b.Status.Code, inner.Code, inner.Type} {
		if text := fmt.Sprint(code); code != nil && isCode(text) {
			return text
		}
	}
	return ""
}

// explain says to the person what went wrong with the model and what to do.
func (m *model) explain(err error) string {
	lang := m.lang
	var refusal *modelError
	var dial *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &refusal) && refusal.unauthorised() && m.clova:
		return lang.Say("CLOVA Studio에서 사용할 수 없는 API 키예요. [CLOVA Studio] > [API 키]에서 키를 확인하거나 새로 발급받아 CLOVA_API_KEY에 설정해 주세요.",
			"CLOVA Studio did not accept the API key. Check it or issue a new one under [CLOVA Studio] > [API 키], and set CLOVA_API_KEY.")
	case errors.As(err, &refusal) && refusal.unauthorised():
		return lang.Say("모델 서버에서 사용할 수 없는 API 키예요. CHAT_API_KEY를 확인해 주세요.", "The model server did not accept the API key. Check CHAT_API_KEY.")
	case errors.As(err, &refusal) && refusal.limited() && refusal.retryAfter > 0:
		return lang.Sayf("모델의 사용 한도를 넘었어요. %d초 뒤에 다시 입력해 주세요.", "The model's rate limit was reached. Try again in %d seconds.", int(refusal.retryAfter.Seconds()+0.5))
	case errors.As(err, &refusal) && refusal.limited():
		return lang.Say("모델의 사용 한도를 넘었어요. 1분 정도 지난 뒤에 다시 입력해 주세요.", "The model's rate limit was reached. Try again in about a minute.")
	case errors.As(err, &refusal) && refusal.tooLong():
		return lang.Say("모델이 한 번에 처리할 수 있는 길이를 넘었어요. 짧게 나눠 입력하거나 새로 시작해 주세요.", "This is longer than the model can process at once. Enter it in smaller pieces, or start a new chat.")
	case errors.As(err, &refusal) && refusal.code == "40009":
		return lang.Say("도구를 사용할 수 없는 모델이라 메시지를 보낼 수 없어요. CHAT_MODEL을 확인해 주세요.", "This model cannot use tools, so it cannot send messages. Check CHAT_MODEL.")
	case errors.As(err, &refusal) && refusal.status == http.StatusNotFound:
		return lang.Say("모델 서버에서 주소나 모델을 찾지 못했어요. CHAT_BASE_URL과 CHAT_MODEL을 확인해 주세요.", "The model server did not find the address or the model. Check CHAT_BASE_URL and CHAT_MODEL.")
	case errors.As(err, &refusal) && refusal.passing():
		return lang.Sayf("모델 서버에 문제가 생겼어요(%s). 잠시 후 다시 입력해 주세요.", "The model server has a problem (%s). Try again in a moment.", refusal.short())
	case errors.As(err, &refusal):
		return lang.Sayf("모델 서버가 요청을 거절했어요(%s). CHAT_MODEL과 CHAT_BASE_URL을 확인해 주세요.", "The model server refused the request (%s). Check CHAT_MODEL and CHAT_BASE_URL.", refusal.short())
	case errors.As(err, &dial) && dial.Op == "dial":
		return lang.Sayf("모델 서버(%s)에 연결할 수 없어요. 인터넷 연결이나 CHAT_BASE_URL을 확인해 주세요.", "Could not reach the model server (%s). Check the connection or CHAT_BASE_URL.", m.host)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return lang.Say("모델의 응답이 너무 오래 걸려서 멈췄어요. 다시 입력해 주세요.", "The model took too long to respond. Please enter it again.")
	case errors.Is(err, errCut):
		return lang.Say("응답을 받는 중에 연결이 끊겼어요. 다시 입력해 주세요.", "The connection was lost during the response. Please enter it again.")
	}
	return lang.Say("모델 서버와 통신하지 못했어요. CHAT_BASE_URL이 OpenAI 호환 주소인지 확인해 주세요.", "Could not communicate with the model server. Check that CHAT_BASE_URL is an OpenAI-compatible address.")
}

// short is the refusal for a place in brackets.
func (e *modelError) short() string {
	if e.code == "" {
		return fmt.Sprintf("HTTP %d", e.status)
	}
	return fmt.Sprintf("HTTP %d, %s", e.status, e.code)
}

// hostOf is an address without what nobody needs to see of it.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return ""
}

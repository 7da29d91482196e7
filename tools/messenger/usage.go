package messenger

import (
	"context"
	"fmt"
	"strings"

	"kakaotalk-mcp/tools/journal"
)

// Daily limits (Kakao docs: quota, KakaoTalk message).
const (
	// unreviewedDaily is how many messages a day an app without review may send;
	// taken as the limit until a day with more has succeeded.
	unreviewedDaily = 30
	reviewedDaily   = 100
	receiverDaily   = 100
	pairDaily       = 20
)

// addUsage counts today's messages to friends and, from 80 % of a limit, warns.
func (m *Messenger) addUsage(ctx context.Context, account string, receivers []Receiver, out *SendResult) {
	u, err := m.journal.Used(context.WithoutCancel(ctx), account)
	if err != nil {
		m.cfg.Log.Warn("usage not counted", "err", err)
		return
	}
	out.UsedToday = u.Today
	var warnings []string
	if limit := dailyLimit(u); nearly(u.Today, limit) {
		warnings = append(warnings, fmt.Sprintf(m.say("오늘 친구에게 메시지를 %d건 보냈어요(하루 한도 약 %d건).", "Messages sent to friends today: %d (limit about %d a day)."), u.Today, limit))
	}
	for _, r := range receivers {
		if n := u.Pair(r.UUID); r.UUID != journal.Me && nearly(n, pairDaily) {
			warnings = append(warnings, fmt.Sprintf(m.say("오늘 %s에게 메시지를 %d건 보냈어요(한 사람에게 하루 %d건까지).", "Messages sent to %s today: %d (limit %d a day)."), r.Called(m.cfg.Lang), n, pairDaily))
		}
	}
	if len(receivers) > 0 && receivers[0].UUID != journal.Me && len(warnings) > 0 {
		out.Summary += " " + strings.Join(warnings, " ")
	}
}

// Quota is how much may be sent in a day. It counts messages to friends.
type Quota struct {
	Used        int `json:"used_today"`  // from this computer
	Limit       int `json:"daily_limit"` // as far as it is known
	PerReceiver int `json:"per_receiver_daily"`
	PerPair     int `json:"per_pair_daily"`
}

// Quota returns the account's quota.
func (m *Messenger) Quota(ctx context.Context, account string) (Quota, error) {
	u, err := m.journal.Used(ctx, account)
	if err != nil {
		return Quota{}, m.JournalProblem(err)
	}
	return Quota{u.Today, dailyLimit(u), receiverDaily, pairDaily}, nil
}

func nearly(used, limit int) bool { return used*5 >= limit*4 }

func dailyLimit(u journal.Usage) int {
	if max(u.BestDay, u.Today) > unreviewedDaily {
		return reviewedDaily
	}
	return unreviewedDaily
}

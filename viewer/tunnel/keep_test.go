package tunnel

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

type noHandler struct{}

func (noHandler) ServeHTTP(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }

func bare() *Tunnel {
	return &Tunnel{cfg: Config{Log: slog.New(slog.DiscardHandler)}, time: defaultTiming, now: time.Now}
}

func TestPausesGrow(t *testing.T) {
	tests := []struct {
		name    string
		err     error
		longest time.Duration
	}{
		{"broken", errors.New("broken"), 30 * time.Second},
		{"refused", errRefused, 60 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				want := defaultTiming.retryMin
				last := time.Now()
				tries := 0
				_ = bare().keep(ctx, func(context.Context) error {
					if gap := time.Since(last); tries > 0 {
						if gap < want/2 || gap > want {
							t.Errorf("pause %d: %v, want up to %v", tries, gap, want)
						}
						want = min(2*want, tt.longest)
					}
					last = time.Now()
					if tries++; tries == 12 {
						cancel()
					}
					return tt.err
				})
			})
		})
	}
}

func TestPausesStartAgainAfterAStableTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tn := bare()
		tries := 0
		var last time.Time
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_ = tn.keep(ctx, func(context.Context) error {
			tries++
			switch tries {
			case 10:
				tn.setUp(State{})
				time.Sleep(defaultTiming.stable)
			case 11:
				if gap := time.Since(last); gap > defaultTiming.retryMin {
					t.Errorf("pause after a stable time: %v", gap)
				}
				tn.setUp(State{})
				time.Sleep(time.Second) // flapping does not count
			case 12:
				if gap := time.Since(last); gap < defaultTiming.retryMin {
					t.Errorf("pause after flapping: %v", gap)
				}
				cancel()
			}
			last = time.Now()
			return errors.New("broken")
		})
	})
}

func TestWakeEndsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tn := bare()
		begin := time.Now()
		tn.now = func() time.Time {
			if time.Since(begin) > 7*time.Second {
				return time.Now().Add(time.Hour)
			}
			return time.Now()
		}
		tn.pause(t.Context(), time.Minute)
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("pause of %v, want one that ends at the tick after the wake", took)
		}
	})
}

func TestEndDuringAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		if err := bare().keep(ctx, func(context.Context) error { return errors.New("broken") }); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("ended after %v", took)
		}
	})
}

package outbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed rates.json
var defaultRates []byte

// RateCard is what a provider charges, per category in micro-units of Currency.
// It is data: dated, and marked with where it comes from, because rates change
// by quarter and by contract (features.md, amendment 4).
type RateCard struct {
	Source             string           `json:"source"` // "default-br": shipped with the program
	Since              string           `json:"since"`  // YYYY-MM-DD
	Currency           string           `json:"currency"`
	Micros             map[string]int64 `json:"micros"`
	FreeServiceMonthly int              `json:"free_service_per_month"`
}

// DefaultRates is the card shipped for Brazil: utility and authentication as
// quoted publicly, marketing likewise, and since 2026-10-01 service messages at
// the utility rate past a free monthly allowance per number (whatsapp-cloud
// sheet §10; medium confidence, so the interface shows its source and date).
func DefaultRates() (RateCard, error) {
	var card RateCard
	if err := json.Unmarshal(defaultRates, &card); err != nil {
		return card, fmt.Errorf("shipped rate card: %w", err)
	}
	return card, nil
}

// Price returns the price of one message of the category in micro-units; ok is
// false when the card does not know the category.
func (c RateCard) Price(category string) (micros int64, ok bool) {
	micros, ok = c.Micros[strings.ToUpper(category)]
	return micros, ok
}
